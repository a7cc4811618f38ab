import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { encodeWav } from '../support/openaiServer/wav.js';
