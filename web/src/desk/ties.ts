export interface Tie {
  id: string;
  seq: number;
  state: string;
  held: string;
  held_name: string;
  holder: string;
  holder_name: string;
  kind: string;
  share_bp: number;
  reason: string | null;
}
