// An institution registers, is checked, publishes; a visitor finds it. All in the browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { must, until } from '../api/client.mjs';
import { newUscc, sha256 } from '../api/keys.mjs';
import { code } from '../api/persons.mjs';
import { everywhere, proper, view } from './browser.mjs';
import { aFile, desk } from './desk_people.mjs';
import { world } from './world.mjs';

const { browser, it } = await world();
const { hired, enter, typeIn } = desk(it);
const beijing = (time) => new Date(Date.parse(time) + 8 * 3600_000).toISOString().slice(0, 16).replace('T', ' ');
const faults = (page) => page.$$eval('.faults li', (all) => all.map((one) => one.innerText));
const untilFaults = (page, count) => page.waitForFunction((wanted) => document.querySelectorAll('.faults li').length === wanted, count);
const submit = (page) => page.click('form button[type=submit].primary');

let reviewer, operator;
before(async () => {
  [reviewer, operator] = await Promise.all([hired('reviewer'), hired('operator')]);
  must(await it.call('POST', '/v1/categories', { key: (await it.people()).operator,
    body: { code: 'W01', service: '水土保持方案编制', cap_days: 10, cap_unit: 'workday', qualification: '水土保持方案编制单位' } }));
});

test('the way in: an institution registers, mends, is passed, publishes, and is found', async () => {
  const uscc = newUscc();
  const name = `示例县云台水土咨询${uscc.slice(12)}有限公司`;
  const page = await view(browser, { url: `${it.url}/register` });
  await page.waitForSelector('#f-uscc');

  // Nothing is filled in: the code of a body is said to be wrong as it is typed.
  await page.fill('#f-uscc', `${uscc.slice(0, 17)}${uscc.endsWith('0') ? '1' : '0'}`);
  await page.waitForFunction(() => document.getElementById('f-uscc-error')?.textContent.includes('校验位不对'));
  await page.click('text=加一项资质');
  await typeIn(page, { '/uscc': uscc.toLowerCase(), '/qualifications/0/kind': '水土保持', '/qualifications/0/number': 'S-1', '/qualifications/0/issuer': '省水利厅',
    '/qualifications/0/valid_from': '2019-01-01', '/qualifications/0/valid_until': '2020-01-01', '/founded': '2099-01-01' });
  assert.equal(await page.inputValue('#f-uscc'), uscc);
  await page.waitForSelector('.good-text');
  await submit(page);
  await page.waitForSelector('.faults li');
  const first = (await faults(page)).join('\n');
  for (const wanted of ['机构全称', '区划', '类型', '法定代表人', '地址', '服务方式', '联系人', '联系电话', '营业执照', '入驻承诺书',
    '成立日期：不得晚于今天', '资质 1 · 有效期止：已过期', '资质 1 · 证明文件：必填', '关联关系 1 · .*：须填单位的代码'])
    assert.match(first, new RegExp(wanted), `${wanted} in ${first}`);
  assert.match(await page.innerText('#f-qualifications-0-valid_until-error'), /已过期/);
  assert.match(await page.innerText('#f-affiliations-0-person_number-error'), /姓名与证件号码/);
  await page.locator('.faults a', { hasText: '关联关系 1' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-affiliations-0-person_number');
  await proper(page, 'register-defects-1280');
  // Nothing was kept of it but here.
  assert.equal(await page.locator('.receipt').count(), 0);

  // Mended in part, it is told of the rest, and of all of that.
  await typeIn(page, { '/name': name, '/region': await it.region() });
  await page.setInputFiles('#f-qualifications-0-evidence', aFile('certificate.pdf', uscc));
  await page.waitForSelector('.file .hash');
  await submit(page);
  await page.waitForFunction(() => [...document.querySelectorAll('.faults li')].some((one) => /已过期/.test(one.innerText)));
  const second = (await faults(page)).join('\n');
  for (const wanted of ['资质 1 · 有效期止', '成立日期', '类型', '营业执照', '关联关系 1'])
    assert.match(second, new RegExp(wanted), `${wanted} in ${second}`);
  await page.locator('.faults a', { hasText: '成立日期' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-founded');

  // What is typed is there again after the page was loaded anew.
  await page.reload();
  await page.waitForSelector('#f-name');
  assert.equal(await page.inputValue('#f-name'), name);
  // But for the file: a page has it no longer, and asks for it again.
  await page.waitForFunction(() => !document.querySelector('.file .hash'));
  await page.setInputFiles('#f-qualifications-0-evidence', aFile('certificate.pdf', uscc));
  await page.setInputFiles('#f-licence', aFile('licence.pdf', uscc));
  await page.waitForFunction(() => document.querySelectorAll('.file .hash').length === 2);
  await typeIn(page, { '/founded': '2001-06-01', '/qualifications/0/valid_until': '2031-01-01', '/kind': 'enterprise', '/legal_representative': '张三丰', '/address': '示例县中山路 1 号',
    '/presence': 'both', '/counter': '二楼 12 号', '/contact_name': '李四', '/contact_phone': '13812345678', '/capital_fen': '1000000.50',
    '/affiliations/0/person_name': '张三丰', '/affiliations/0/person_number': '360700196503023456' });
  await page.check('#f-pledge');

  // What is no PDF is not stored as one, and its field says so.
  await page.setInputFiles('#f-licence', { ...aFile('licence.pdf', ''), buffer: Buffer.from('not a document') });
  await page.waitForFunction(() => new Set([...document.querySelectorAll('.file .hash')].map((one) => one.textContent)).size === 2);
  await submit(page);
  await page.waitForFunction(() => /application\/pdf/.test(document.querySelector('.entry.file.faulty')?.innerText));
  await page.setInputFiles('#f-licence', aFile('licence.pdf', uscc));
  await page.waitForFunction(() => new Set([...document.querySelectorAll('.file .hash')].map((one) => one.textContent)).size === 1);
  await submit(page);
  await page.waitForFunction(() => document.querySelector('.receipt')?.textContent.includes('审查中'));
  const id = await page.textContent('.receipt .facts code');
  const own = await page.evaluate(() => sessionStorage.getItem('kleroterion.key'));
  const stored = must(await it.call('GET', '/v1/files', { key: own }), 200).items;
  assert.deepEqual(stored.map(({ sha256: digest, type }) => [digest, type]), [[sha256(aFile('', uscc).buffer), 'application/pdf']]);
  const stands = must(await it.call('GET', `/v1/registrations/${id}`), 200);
  assert.equal(stands.state, 'submitted');
  assert.match(await page.innerText('.receipt'), new RegExp(beijing(stands.due_at)));
  await proper(page, 'register-receipt-1280');

  // A reviewer logs in with his authenticator, is led to what waits, and returns it.
  const desk = await view(browser, { url: `${it.url}/desk` });
  await desk.waitForURL(/\/login\?to=/);
  await typeIn(desk, { '/login': reviewer.login, '/password': reviewer.password, '/totp': code(reviewer.secret, 1) });
  await desk.press('#f-totp', 'Enter');
  await desk.waitForSelector('.task');
  await proper(desk, 'work-reviewer-1280');
  await desk.locator('.task a', { hasText: name }).click();
  await desk.waitForSelector('.check');
  const mark = async (row, words) => {
    const line = desk.locator('.check tr', { hasText: row }).first();
    await line.locator('button', { hasText: '有问题' }).click();
    await line.locator('textarea').fill(words);
  };
  // What he is to look at he can open.
  const [saving] = await Promise.all([desk.waitForEvent('download'), desk.locator('.check a[download]').first().click()]);
  assert.equal(sha256(readFileSync(await saving.path())), stored[0].sha256);
  await mark('地址', '门牌号与执照不一致,请按执照填写。');
  await mark('资质 1', '证书缺第二页,请补全。');
  await proper(desk, 'work-check-1280');
  await desk.click('text=退回（2 处问题）');
  await desk.waitForURL(/\/desk\/registrations\?done=return/);

  // All of it is told at its fields; mended, it passes.
  await page.reload();
  await untilFaults(page, 2);
  assert.match((await faults(page)).join(), /门牌号[^]*第二页/);
  assert.match(await page.innerText('#f-address-error'), /按执照填写/);
  await proper(page, 'register-returned-1280');
  await page.fill('#f-address', '示例县中山路 8 号');
  await page.setInputFiles('#f-qualifications-0-evidence', aFile('certificate.pdf', `${uscc} whole`));
  await submit(page);
  await page.waitForFunction(() => document.querySelector('.receipt')?.textContent.includes('审查中'));
  const whole = must(await it.call('GET', `/v1/registrations/${id}/whole`, { key: (await it.people()).operator }), 200);
  assert.deepEqual([whole.address, whole.round, whole.licence, whole.capital_fen], ['示例县中山路 8 号', 2, sha256(aFile('', uscc).buffer), 100_000_050]);
  await desk.goto(`${it.url}/desk/registrations/${id}`);
  await desk.click('text=通过');
  await desk.waitForURL(/done=pass/);
  await desk.done();

  // On the roll: it offers something, first wrongly.
  await page.goto(`${it.url}/desk`);
  await page.locator('.task a', { hasText: '公布第一项服务' }).click();
  await page.waitForSelector('#f-category');
  await typeIn(page, { '/category': 'W01', '/service_name': `水土保持方案 ${uscc.slice(12)}`, '/promised_days': '12' });
  assert.match(await page.innerText('#f-promised_days-error'), /超过该事项上限 10 个工作日/);
  await typeIn(page, { '/fee/unit': 'square-metre', '/fee/formula': 'staged', '/fee/base_fen': '500', '/fee/brackets/0/rate': '2.5' });
  await page.click('text=加一段');
  await typeIn(page, { '/fee/brackets/1/above': '1000', '/fee/brackets/1/rate': '1.25', '/fee/min_fen': '800' });
  assert.match(await page.innerText('.fee-words'), /每平方米，分档累进；基价 500 元，另加；1,000 平方米以下的部分按每平方米 2\.5 元；超过 1,000 平方米的部分按每平方米 1\.25 元；最低 800 元；不设上限/);
  await submit(page);
  await page.waitForSelector('.faults li');
  const offered = (await faults(page)).join('\n');
  for (const wanted of ['承诺时限', '设立依据', '起算', '收费依据', '监督投诉渠道'])
    assert.match(offered, new RegExp(wanted), offered);
  await proper(page, 'work-listing-defects-1280');
  await typeIn(page, { '/promised_days': '8', '/counts_from': 'contract', '/basis': '水土保持法第二十五条', '/serves': '项目业主', '/conditions': '项目已立项', '/materials': '立项文件',
    '/steps': '委托\n踏勘\n编制', '/fee_basis': '市场调节价', '/rules': 'GB 50433', '/complaint_channel': '12345', '/qualifications': '水土保持方案编制单位' });
  await submit(page);
  await page.waitForURL(/done=submitted/);
  await page.waitForSelector('table.cards tbody tr');
  await proper(page, 'work-listings-1280');

  // The operator publishes.
  const office = await view(browser);
  await enter(office, operator, '/desk');
  await office.locator('.task a', { hasText: `水土保持方案 ${uscc.slice(12)}` }).click();
  await office.waitForSelector('.check');
  assert.match(await office.innerText('.check'), /每平方米 2\.5 元/);
  await proper(office, 'work-listing-check-1280');
  await office.click('button.primary:has-text("公布")');
  await office.waitForURL(/done=published/);
  await office.done();

  // A visitor finds it, and compares it.
  await until(async () => must(await it.call('GET', `/v1/search?q=${encodeURIComponent(uscc.slice(12))}`), 200).total > 0, 'the index');
  const visitor = await view(browser, { url: `${it.url}/shop?q=${encodeURIComponent(`水土 ${uscc.slice(12)}`)}` });
  await visitor.waitForSelector('table.cards tbody tr');
  assert.match(await visitor.innerText('table.cards tbody tr'), new RegExp(`${name}[^]*8 个工作日[^]*800`));
  await visitor.check('table.cards tbody input');
  await visitor.waitForFunction(() => document.querySelectorAll('.side-by-side thead th').length === 2);
  assert.match(await visitor.innerText('.side-by-side'), /水土保持法第二十五条/);
  for (const one of [page, visitor]) {
    assert.deepEqual(one.errors, []);
    await one.done();
  }
});

test('the form of a registration, in each width and language', () => everywhere(browser, `${it.url}/register`, 'register',
  { ready: (page) => page.waitForSelector('#f-uscc') }));

test('by the keyboard alone: from the first field on', async () => {
  const page = await view(browser, { url: `${it.url}/register` });
  await page.waitForSelector('#f-uscc');
  await page.focus('#f-uscc');
  for (const wanted of ['f-name', 'f-region', 'f-kind', 'f-legal_representative']) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), wanted);
  }
  await page.keyboard.press('Enter'); // a form is sent by Enter
  await page.waitForSelector('.faults li');
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('faults')));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.match(await page.evaluate(() => document.activeElement.id), /^f-/);
  await page.done();
});
