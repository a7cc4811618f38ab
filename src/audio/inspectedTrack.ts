import type { Probe } from '../core/clip.js';

/** What the tables inside a container say about its sound. */
export type InspectedTrack = Partial<
  Pick<Probe, 'codec' | 'sampleRate' | 'channels' | 'durationSeconds' | 'durationIsEstimate' | 'isTruncated'>
>;
