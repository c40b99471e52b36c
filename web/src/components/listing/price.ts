import type { Fee } from '../../api/roll';

export interface Price {
  version: number;
  effective_at: string;
  fee: Fee | null;
  fee_basis: string | null;
  fee_min_fen: number;
  fee_max_fen: number;
  change: string;
  quantity: number;
}
