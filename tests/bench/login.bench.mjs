// login.bench.mjs -- is one who is not let in told sooner or later, whoever he is?
import { persons, newPassword } from '../api/persons.mjs';
import { ratio, rounds, row, scratchInstallation, timed, middle } from './measure.mjs';

const TIMES = 40;

export async function bench({ build }) {
  const it = await scratchInstallation(build, { password_mb: 64 });
  try {
    const { invited, setUp } = persons(it);
    const [good, revoked, locked] = [await setUp(await invited()), await setUp(await invited()), await setUp(await invited())];
    await it.adminCall('POST', `/v1/accounts/${revoked.account}/revocation`, { body: {} });
    const { operator, supervisor } = await it.people();
    await it.twoPersons(operator, supervisor, 'account.reset', locked.account, { reason: 'bench' });
    const attempt = (login, password) => async () => ({
      ms: (await timed(async () => {
        for (let i = 0; i < TIMES; i++)
          await it.call('POST', '/v1/sessions', { body: { login, password } });
      })).ms / TIMES,
    });
    const seen = await rounds({
      wrong: attempt(good.login, newPassword()), unknown: attempt('nobody-at-all', newPassword()),
      disabled: attempt(revoked.login, revoked.password), locked: attempt(locked.login, locked.password),
      'without a code': attempt(good.login, good.password),
    });
    return ['unknown', 'disabled', 'locked', 'without a code'].map((name) =>
      row(`log-in refused: ${name}`, ratio(seen, name, 'wrong', 'ms'), { unit: '× wrong password', digits: 3,
        note: `${middle(seen[name]).ms.toFixed(1)} ms` }));
  } finally {
    await it.remove();
  }
}
