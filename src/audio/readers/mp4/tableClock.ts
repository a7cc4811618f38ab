import type { EntryTable } from './entryTable.js';

/** A packet by its place in the table of durations. */
export interface TablePlace {
  readonly entry: number;
  readonly sample: number;
  readonly ticks: number;
  /** Packets of the entry that lie before. */
  readonly passed: number;
}

/** Goes along the table of durations. Behind its end the last duration goes on. */
export class TableClock {
  ticks: number;
  ticksEach = 0;
  /** Packets that play as long as this one. */
  left = 0;
  readonly sample: number;
  readonly #times: EntryTable;
  #entry: number;
  #passed: number;

  constructor(times: EntryTable, place: TablePlace) {
    this.#times = times;
    this.#entry = place.entry;
    this.#passed = place.passed;
    this.sample = place.sample;
    this.ticks = place.ticks;
  }

  async load(): Promise<void> {
    while (this.left === 0) {
      if (this.#entry >= this.#times.count) {
        this.left = Infinity;
        break;
      }
      await this.#times.hold(this.#entry);
      this.left = Math.max(0, this.#times.uint32(this.#entry) - this.#passed);
      this.ticksEach = this.#times.uint32(this.#entry, 4);
      this.#passed = 0;
      this.#entry++;
    }
  }

  async advance(count: number): Promise<void> {
    for (let rest = count; rest > 0;) {
      await this.load();
      const step = Math.min(rest, this.left);
      this.ticks += step * this.ticksEach;
      this.left -= step;
      rest -= step;
    }
  }
}
