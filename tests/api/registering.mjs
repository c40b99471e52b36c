// registering.mjs -- institutions that register themselves, on a klerod of
// client.mjs: `const { begin, pass, enter } = registering(it)`.
//
// begin(changes) → a draft, the files that it names stored: { id, uscc, token, body } of whoever will act for it
// submitted(changes) → the same, submitted
// entered(changes) → the same, passed by a reviewer: on the roll
// act(who, of, name, body, options) → the reply to POST …/{of.id}/name with the
//     version that `of` has now; options.seq names another
// keeper() → a reviewer
import { randomBytes } from 'node:crypto';
import { must } from './client.mjs';
import { digestOf, uploading } from './evidences.mjs';
import { newUscc, sha256 } from './keys.mjs';

export { digestOf };

export function registering(it) {
  const { uploadAll } = uploading(it);
  let reviewer;
  let pledge;
  const keeper = async () => {
    if (!reviewer) {
      await it.people();
      if (must(await it.call('GET', '/v1/policies'), 200).items.length === 0)
        await it.policy();
      reviewer = await it.person('reviewer');
    }
    return reviewer;
  };
  const pledged = async () => pledge ??= must(await it.call('GET', '/v1/pledge'), 200).digest;

  async function body(changes = {}) {
    const uscc = newUscc();
    return { uscc, name: `示例评估${uscc.slice(8)}有限公司`, region: await it.region(), kind: 'enterprise',
      legal_representative: '张三丰', address: '示例县中山路 1 号', founded: '2001-06-01', capital_fen: 100_000_000,
      presence: 'both', counter: '二楼 12 号', contact_name: '李四', contact_phone: '13812345678',
      licence: digestOf('a licence'), pledge: await pledged(),
      qualifications: [], affiliations: [{ kind: 'legal-representative', person_name: '张三丰',
        person_number: `36070019700101${randomBytes(2).toString('hex')}` }], ...changes };
  }

  async function begin(changes) {
    await keeper();
    const token = randomBytes(32).toString('hex');
    const made = await body(changes);
    const reply = must(await it.call('POST', '/v1/registrations', { idempotency: null, body: { ...made, key_hash: sha256(token) } }));
    await uploadAll({ token }, [made.licence, ...(made.qualifications ?? []).map(({ evidence }) => evidence)]);
    return { ...reply, token, body: made };
  }

  async function act(who, of, name, sent = {}, { seq, ...options } = {}) {
    const path = of.path ?? `/v1/registrations/${of.id}`;
    const now = seq ?? must(await it.call('GET', path), 200).seq;
    return it.call('POST', `${path}/${name}`, { key: who, body: sent, headers: { 'if-match': `"${now}"` }, ...options });
  }

  async function submitted(changes) {
    const draft = await begin(changes);
    must(await act(draft, draft, 'submission'), 200);
    return draft;
  }

  async function entered(changes) {
    const registration = await submitted(changes);
    must(await act(await keeper(), registration, 'pass'), 200);
    return registration;
  }

  return { keeper, body, begin, act, submitted, entered };
}
