// Approval items: what is approved, and that no promise is over the law's limit.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { adminCall, assertProblem, call, must, people } from './client.mjs';
import { newUscc } from './keys.mjs';

const newCode = () => `P-${randomBytes(4).toString('hex')}`;
const item = (changes = {}) => ({ code: newCode(), name: '生产建设项目水土保持方案审批', authority_name: '水利局', basis: '水土保持法§25-26',
  legal_days: 20, legal_unit: 'workday', promised_days: 10, promised_unit: 'workday', ...changes });
const publish = async (body, key) => call('POST', '/v1/approval_items', { key: key ?? (await people()).operator, body });
const act = async (code, what, body = {}, options = {}) =>
  call('POST', `/v1/approval_items/${code}/${what}`, { key: (await people()).operator, body, ...options });

// The eleven public elements of 渝委办发〔2012〕20号 §11.
const elements = { conditions: '一、立项\n二、选址', materials: '方案报告书', steps: '受理\n审查\n决定', result: '批复', fee: '不收费',
  fee_basis: '无', complaint_channel: '12345' };

test('domain 17: an approval item says all that is public, and is revised and retired', async () => {
  const authority = must(await adminCall('POST', '/v1/organisations', { body: { id: `w-${newCode()}`, name: '示例县水利局', uscc: newUscc() } }));
  const body = item({ ...elements, authority: authority.id, region: 'demo', legal_limit: '20', limit_source: 'S' });
  const made = must(await publish(body));
  for (const [name, value] of Object.entries(body))
    assert.equal(made[name === 'code' ? 'id' : name], value, name);
  assert.deepEqual(must(await call('GET', `/v1/approval_items/${body.code}`), 200), made);
  assert.deepEqual(must(await call('GET', `/v1/approval_items?authority=${authority.id}`), 200).items, [made]);
  assertProblem(await publish(body), 409, 'exists');
  const { code, ...whole } = body;
  const revision = { ...whole, promised_days: 8 };
  assertProblem(await act(code, 'revision', revision, { headers: { 'if-match': '"2"' } }), 412, 'precondition-failed');
  const revised = must(await act(code, 'revision', revision, { headers: { 'if-match': '"1"' } }), 200);
  assert.deepEqual([revised.promised_days, revised.seq, revised.state], [8, 2, 'active']);
  assertProblem(await act(code, 'revision', body), 422, 'invalid'); // the code stays
  assert.equal(must(await act(code, 'retirement'), 200).state, 'retired');
  assertProblem(await act(code, 'retirement'), 409, 'wrong-state');
  assertProblem(await act(code, 'revision', revision), 409, 'wrong-state');
  assertProblem(await act('none-such', 'retirement'), 404, 'not-found');
});

// [what is said, pointer, code] or null where it is taken.
const limits = [
  [{ promised_days: 20 }, null],
  [{ promised_days: 21 }, ['/promised_days', 'over-legal']],
  [{ promised_days: 20, promised_unit: 'day' }, null],
  [{ promised_days: 21, promised_unit: 'day' }, ['/promised_unit', 'unit']],
  [{ legal_unit: 'day', promised_days: 21 }, ['/promised_days', 'over-legal']],
  [{ legal_unit: 'day', promised_days: 10 }, ['/promised_unit', 'unit']],
  [{ legal_days: 0, legal_unit: null, promised_days: 3650 }, null],
  [{ promised_days: 0, promised_unit: null }, null],
  [{ promised_unit: null }, ['/promised_unit', 'unit']],
  [{ legal_unit: null }, ['/legal_unit', 'unit']],
  [{ legal_days: 0 }, ['/legal_unit', 'unit']],
  [{ legal_days: 3651 }, ['/legal_days', 'bounds']],
  [{ authority: 'nobody-here' }, ['/authority', 'unknown']],
  [{ authority_name: null }, ['/authority_name', 'form']],
];
for (const [changes, wrong] of limits)
  test(`domain 12: the promise is within the law: ${JSON.stringify(changes)}`, async () => {
    const reply = await publish(item(changes));
    if (!wrong)
      return must(reply);
    assertProblem(reply, 422, 'invalid');
    return assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [wrong]);
  });

test('only an operator publishes, revises and retires', async () => {
  const { owner, operator } = await people();
  assertProblem(await publish(item(), owner), 403, 'forbidden');
  const { id } = must(await publish(item()));
  for (const what of ['revision', 'retirement'])
    assertProblem(await act(id, what, {}, { key: owner }), 403, 'forbidden');
  must(await act(id, 'retirement', {}, { key: operator }), 200);
});

// What looks like something else, or like nothing, is no text.
for (const [what, character] of Object.entries({ 'a bidi override': '\u202e', 'an isolate': '\u2066', 'an Arabic mark': '\u061c',
  'a zero width joiner': '\u200d', 'a soft hyphen': '\u00ad', 'a C1 control': '\u0085', 'a filler': '\u3164', 'a tag': '\u{e0041}',
  'a variant': '\ufe0f', 'an invisible plus': '\u2064', 'a noncharacter': '\ufdd0', 'a line separator': '\u2028' }))
  test(`refused in a text: ${what}`, async () => {
    for (const [name, text] of [['name', `水利${character}审批`], ['steps', `受理\n${character}审查`]]) {
      const reply = await publish(item({ [name]: text }));
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [[`/${name}`, 'form']]);
    }
  });

test('full-width digits are none in a code', async () => {
  for (const [name, value, wrong] of [['code', 'P-\uff11\uff12', '/code'], ['region', '36\uff10', '/region']]) {
    const reply = await publish(item({ [name]: value }));
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer }) => pointer), [wrong]);
  }
  const uscc = newUscc();
  const id = `w-${newCode()}`;
  const wide = uscc.replace(/\d/, (digit) => String.fromCodePoint(digit.codePointAt(0) + 0xfee0));
  const reply = await adminCall('POST', '/v1/organisations', { body: { id, name: '局', uscc: wide } });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/uscc', 'form']]);
  must(await adminCall('POST', '/v1/organisations', { body: { id, name: '局', uscc } }));
  assertProblem(await adminCall('POST', '/v1/organisations', { body: { id: `${id}-2`, name: '局', uscc } }), 409, 'exists');
});
