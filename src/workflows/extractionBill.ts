import { addUsage, costInDollars, formatCost, formatUsage, type Usage } from '../core/usage.js';
import type { ChosenModel } from './chooseModel.js';

/** Who used what, added up under one name. */
export class Bill {
  readonly #lines = new Map<string, { usage: Usage; of: ChosenModel | undefined }>();

  add(label: string, usage: Usage, of: ChosenModel | undefined): void {
    const before = this.#lines.get(label);
    this.#lines.set(label, { usage: before === undefined ? usage : addUsage(before.usage, usage), of });
  }

  get usage(): Usage {
    return [...this.#lines.values()].reduce<Usage>((sum, { usage }) => addUsage(sum, usage), {});
  }

  /** US dollars; undefined when a part of it has no known price. */
  get dollars(): number | undefined {
    let total: number | undefined = this.#lines.size === 0 ? undefined : 0;
    for (const { usage, of } of this.#lines.values()) {
      const part = of?.provider.isLocal === true ? 0 : costInDollars(usage, of?.model.capabilities.prices);
      total = total === undefined || part === undefined ? undefined : total + part;
    }
    return total;
  }

  /** For people; empty when nothing was said. */
  get text(): string {
    return [...this.#lines]
      .map(([label, { usage, of }]) => {
        const isFree = of?.provider.isLocal === true;
        const cost = isFree ? 'free, on this machine' : formatCost(costInDollars(usage, of?.model.capabilities.prices));
        return [label, formatUsage(usage), cost].filter((part) => part !== '').join(' · ');
      })
      .join(' — ');
  }
}
