// desk_people.mjs -- people who work in the browser, for tests of what they work on.
//
// const { hired, enter, typeIn } = desk(it)
//     hired(role) → somebody of an organisation in the region of all, with an authenticator
//     enter(page, who, path) → the page at `path`, logged in by a recovery code
//     typeIn(page, { pointer: value }) → fields by the pointer of what they are
import { randomBytes } from 'node:crypto';
import { must } from '../api/client.mjs';
import { persons } from '../api/persons.mjs';

export function desk(it) {
  const people = persons(it);

  async function hired(role) {
    const id = `${role}-${randomBytes(5).toString('hex')}`;
    must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: `测试单位${id}`, region: await it.region() } }));
    return people.setUp(await people.invited(role, id));
  }

  async function enter(page, who, path) {
    await page.goto(`${it.url}/verify`);
    const body = { login: who.login, password: who.password, recovery_code: who.recovery.pop() };
    const status = await page.evaluate(async (sent) =>
      (await fetch('/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) })).status, body);
    if (status !== 201)
      throw new Error(`not logged in: ${status}`);
    await page.goto(`${it.url}${path}`);
    await page.waitForSelector('.desk-head');
  }

  async function typeIn(page, fields) {
    for (const [pointer, value] of Object.entries(fields)) {
      const field = page.locator(`[id="f${pointer.replace(/\//g, '-')}"]`);
      if (await field.evaluate((one) => one.tagName) === 'SELECT')
        await field.selectOption(value);
      else
        await field.fill(value);
    }
  }

  return { ...people, hired, enter, typeIn };
}

/** A file to be chosen. */
export const aFile = (name, text) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.4 ${text}`) });
