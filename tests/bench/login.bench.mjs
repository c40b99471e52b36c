// login.bench.mjs -- is one who is not let in told sooner or later, whoever he is?
import { persons, newPassword } from '../api/persons.mjs';
import { median, row, scratchInstallation, timed } from './measure.mjs';

const TIMES = 100;

export async function bench({ build }) {
  const it = await scratchInstallation(build, { password_mb: 64 });
  try {
    const { invited, setUp } = persons(it);
    const [good, revoked, locked] = [await setUp(await invited()), await setUp(await invited()), await setUp(await invited())];
    await it.adminCall('POST', `/v1/accounts/${revoked.account}/revocation`, { body: {} });
    const { operator, supervisor } = await it.people();
    await it.twoPersons(operator, supervisor, 'account.reset', locked.account, { reason: 'bench' });
    const cases = {
      wrong: [good.login, newPassword()], unknown: ['nobody-at-all', newPassword()],
      disabled: [revoked.login, revoked.password], locked: [locked.login, locked.password],
      'without a code': [good.login, good.password],
    };
    const seen = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
    // One after another, in an order that chance gives: what else runs here slows all alike.
    for (let i = 0; i < TIMES; i++)
      for (const [, name] of Object.keys(cases).map((name) => [Math.random(), name]).sort(([x], [y]) => x - y)) {
        const [login, password] = cases[name];
        const { ms } = await timed(() => it.call('POST', '/v1/sessions', { body: { login, password } }));
        seen[name].push(ms);
      }
    const middle = (name) => median(seen[name]);
    return Object.keys(cases).slice(1).map((name) =>
      row(`log-in refused: ${name}`, middle(name) / middle('wrong'), { unit: '× wrong password', digits: 3,
        note: `${middle(name).toFixed(1)} ms` }));
  } finally {
    await it.remove();
  }
}
