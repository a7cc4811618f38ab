import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { screenshots } from '../../../scripts/lib/paths.mjs';
import { Chat } from './chat.ts';
import { Editors } from './editors.ts';
import { Explorer } from './explorer.ts';
import { Notifications } from './notifications.ts';
import { QuickInput } from './quickInput.ts';

/** VS Code's window, driven by mouse and keyboard as a person does. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly explorer: Explorer;
  readonly editors: Editors;
  readonly notifications: Notifications;
  readonly chat: Chat;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.explorer = new Explorer(page);
    this.editors = new Editors(page);
    this.notifications = new Notifications(page);
    this.chat = new Chat(page, this.explorer);
  }

  /** Runs a command by its title in the palette, `Earshot: Transcribe Audio`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Saves what the window shows as `out/screenshots/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    // What has just appeared is still fading in.
    await this.page.waitForTimeout(400);
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  /** Trusts the folder that is open in Restricted Mode; VS Code asks nothing, it shows a banner. */
  async trustFolder(): Promise<void> {
    const restricted = this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
    await restricted.click();
    await this.page.locator('.workspace-trust-editor .monaco-button').getByText('Trust', { exact: true }).click();
    await restricted.waitFor({ state: 'detached' });
    // The page that asked lies over everything else.
    await this.page.locator('[class*=modal-editor] .codicon-close').last().click();
    await this.page.locator('.workspace-trust-editor').waitFor({ state: 'hidden' });
  }

  /** The texts in the status bar. */
  async statusBar(): Promise<string[]> {
    const texts = await this.page.locator('.statusbar-item').allInnerTexts();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** The document inside the webview that is shown, which VS Code nests two frames deep. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }
}
