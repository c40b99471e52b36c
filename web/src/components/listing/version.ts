import type { Fee } from '../../api/roll';
import type { Listing } from '../../api/types';

/** What a listing said, and where in the log it said so. */
export interface Version extends Listing {
  event_index: number;
  fee: Fee | null;
}
