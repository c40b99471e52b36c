// Unified social credit codes, GB 32100: what is wrong with one, as a word.
const DIGITS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const SIZE = 18;

export function usccFault(text: string): 'size' | 'region' | 'letter' | 'check' | null {
  if (text.length !== SIZE) return 'size';
  let [sum, weight] = [0, 1];
  for (let i = 0; i < SIZE; i++) {
    const value = DIGITS.indexOf(text.charAt(i));
    if (value < 0) return 'letter';
    if (i >= 2 && i <= 7 && value > 9) return 'region';
    sum += i < SIZE - 1 ? value * weight : value;
    weight = weight * 3 % DIGITS.length;
  }
  return sum % DIGITS.length === 0 ? null : 'check';
}
