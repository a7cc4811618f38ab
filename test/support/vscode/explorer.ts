import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** The tree of files, and its context menu. */
export class Explorer {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get #rows(): Locator {
    return this.#page.locator('.explorer-folders-view .monaco-list-row');
  }

  get #menu(): Locator {
    return this.#page.locator('.monaco-menu');
  }

  async files(): Promise<string[]> {
    return (await this.#rows.locator('.label-name').allInnerTexts()).map((name) => name.trim());
  }

  #row(name: string): Locator {
    return this.#rows.filter({ has: this.#page.locator('.label-name').getByText(name, { exact: true }) });
  }

  async waitForFile(name: string): Promise<void> {
    await this.#row(name).waitFor();
  }

  /** Opens a file as a double click does. */
  async open(name: string): Promise<void> {
    await this.#row(name).dblclick();
  }

  /** Right-clicks a file, or several selected ones, and chooses from the menu. */
  async chooseFromMenu(names: string | readonly string[], item: string): Promise<void> {
    const isGone = (): Promise<boolean> => succeeds(this.#menu.waitFor({ state: 'detached', timeout: 1000 }));
    // The menu closes when something moves the window's parts, and a webview that has just opened may take the focus and the
    // click with it: as a person does, look and try again.
    await until(`the menu to act on ${item}`, async () => {
      const menuItem = await this.#openMenuWith(names, item);
      while ((await menuItem.count()) > 0) {
        if (!(await succeeds(menuItem.click({ timeout: 1500 })))) return false;
        if (await isGone()) return true;
      }
      return false;
    });
  }

  /** Waits until the menu of a file has an item: VS Code shows the menu before the extensions have added to it. */
  async waitForMenuItem(names: string | readonly string[], item: string): Promise<void> {
    await this.#openMenuWith(names, item);
    await this.#page.keyboard.press('Escape');
  }

  async #openMenuWith(names: string | readonly string[], item: string): Promise<Locator> {
    const menuItem = this.#menu.getByRole('menuitem', { name: item, exact: true });
    await until(
      `${item} in the menu of ${String(names)}`,
      async () => {
        await this.#openMenu(names);
        if ((await menuItem.count()) > 0) return true;
        await this.#page.keyboard.press('Escape');
        await this.#page.waitForTimeout(300);
        return false;
      },
      { instead: () => this.menuOf(names) },
    );
    return menuItem;
  }

  async #openMenu(names: string | readonly string[]): Promise<void> {
    const rows = [names].flat().map((name) => this.#row(name));
    const last = rows.at(-1);
    if (last === undefined) throw new Error('No file was named');
    if (rows.length > 1) await this.#select(rows);
    await last.click({ button: 'right' });
    await this.#menu.waitFor();
  }

  /** Selects files without opening any. */
  async #select(rows: readonly Locator[]): Promise<void> {
    const box = await this.#page.locator('.explorer-folders-view').boundingBox();
    if (box !== null) await this.#page.mouse.click(box.x + box.width / 2, box.y + box.height - 5);
    for (const row of rows) await row.click({ modifiers: ['ControlOrMeta'] });
  }

  /** What the context menu of a file offers now. */
  async menuOf(names: string | readonly string[]): Promise<string[]> {
    await this.#openMenu(names);
    const items = await this.#menu.locator('.action-menu-item .action-label').allInnerTexts();
    await this.#page.keyboard.press('Escape');
    return items.filter((item) => item !== '');
  }
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
