export type Settings = Readonly<Record<string, unknown>>;

export interface ServerOptions {
  /** Where the server keeps its data and extensions; without it a temporary folder that `stop` removes. */
  readonly home?: string;
  /** A packed extension to install first. */
  readonly vsix?: string;
  /** Settings of the machine, as `writeSettings`: the place for those of the scope `machine`. */
  readonly settings?: Settings;
  /** Settings of the user, as `writeUserSettings`. */
  readonly userSettings?: Settings;
  /** Added to the environment of the server, which its extension hosts inherit. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A free one by default. */
  readonly port?: number;
  /** Asked of whoever opens the workbench; none by default. */
  readonly connectionToken?: string;
  /**
   * Honour a payload that runs an extension's tests. VS Code then shows no notification and answers dialogs by itself,
   * so a test that looks at what a user sees leaves it off (the default).
   */
  readonly automation?: boolean;
  /** Ask whether a folder is trusted, as the desktop does; off by default. */
  readonly workspaceTrust?: boolean;
}

export interface VscodeServer {
  readonly port: number;
  readonly home: string;
  readonly logFile: string;
  /** The URL of the workbench on a folder; the payload is VS Code's own switches, `['skipWelcome', 'true']`. */
  workbenchUrl(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** What the extension hosts and Earshot's log channel have logged so far. */
  extensionHostLog(): string;
  /** Ends the server and everything it started. */
  stop(): Promise<void>;
}

export function startServer(options?: ServerOptions): Promise<VscodeServer>;
export function installExtension(vsix: string, home: string): Promise<void>;
export function writeSettings(home: string, settings: Settings): void;
export function writeUserSettings(home: string, settings: Settings): void;
export function readSettings(home: string): { machine: Settings; user: Settings };
