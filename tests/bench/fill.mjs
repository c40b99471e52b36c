// fill.mjs -- rows enough to measure with, put into the database directly.
// Nothing in the log says that they came: only for benches that read.

// `count` institutions; their ids ascend.
const idOf = (n) => `9136070${String(n).padStart(10, '0')}X`;

// Where pages of it begin: `pages` ids, spread over all of them.
export const startsOf = (count, pages) => Array.from({ length: pages }, (_, i) => idOf(1 + Math.floor(i * (count - 60) / pages)));

export const fillInstitutions = (it, count) => it.sql(`
  INSERT INTO institution (id, state, seq, event_index, name, affiliation_group)
  SELECT CONCAT('9136070', LPAD(seq, 10, '0'), 'X'), 'active', 1, seq,
      CONCAT('示例工程咨询', seq, '有限公司'), CONCAT('group-', seq DIV 10)
  FROM seq_1_to_${count}`);

// The paths of those pages. The cursor is a tag of the list and the last id.
export async function pathsOf(it, starts) {
  const { body } = await it.call('GET', '/v1/institutions?limit=50');
  const tag = body.next_cursor.slice(0, 16);
  return starts.map((id) => `/v1/institutions?limit=50&cursor=${tag}${Buffer.from(id).toString('hex')}`);
}

// What klerod has the database do for one page, as the server's own log of
// queries tells it: { before, page, after }; in `page`, ? for the id and the limit.
export async function statementsOf(it, path, id) {
  await it.sql("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
  await it.call('GET', path);
  await it.sql('SET GLOBAL general_log = OFF');
  const said = await it.sql(`SELECT argument FROM mysql.general_log WHERE user_host LIKE 'klero_reader%'
    AND command_type IN ('Query', 'Execute') ORDER BY event_time`);
  const at = said.findIndex((sql) => sql.includes(`'${id}'`));
  return { before: said.slice(0, at).join(';'), page: said[at].replace(`'${id}'`, '?').replace(/LIMIT \d+$/, 'LIMIT ?'),
    after: said.slice(at + 1).join(';') };
}

// `count` institutions with an account and a listing each; their tokens.
export async function fillEntrants(it, count, category) {
  const id = "CONCAT('9136070', LPAD(seq, 10, '0'), 'X')";
  const token = "LOWER(LPAD(HEX(seq), 64, '0'))";
  await fillInstitutions(it, count);
  await it.sql(`
    UPDATE institution SET affiliation_group = NULL;
    INSERT INTO account (id, state, seq, event_index, organisation, role, key_hash)
    SELECT CONCAT('bench-', seq), 'active', 1, seq, ${id}, 'institution', SHA2(${token}, 256) FROM seq_1_to_${count};
    INSERT INTO listing (id, state, seq, event_index, institution, category, fee_min_fen, fee_max_fen, fee_basis,
        promised_days, deadline_unit, published_at)
    SELECT CONCAT('bench-', seq), 'published', 1, seq, ${id}, '${category}', 100000, 500000, '合同约定', 15, 'workday',
        UTC_TIMESTAMP(6) FROM seq_1_to_${count}`);
  return Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(64, '0'));
}

export const SERVICES = ['地形测量', '环境影响报告书编制', '工程造价咨询', '施工图审查', '水土保持方案编制'];

// `count` listings that are published, so many of each institution's as there are
// categories, C0 and so on.
export async function fillListings(it, count, categories = 20) {
  const { operator } = await it.people();
  const institutions = count / categories;
  for (let i = 0; i < categories; i++)
    await it.call('POST', '/v1/categories', { key: operator, body: { code: `C${i}`, service: SERVICES[i % SERVICES.length] } });
  await fillInstitutions(it, institutions);
  await it.sql(`
    INSERT INTO listing (id, state, seq, event_index, institution, category, service_name, fee, fee_min_fen, fee_max_fen,
        fee_basis, promised_days, deadline_unit, version, published_at, effective_at)
    SELECT MD5(seq), 'published', 1, seq, CONCAT('9136070', LPAD(1 + seq MOD ${institutions}, 10, '0'), 'X'),
        CONCAT('C', seq DIV ${institutions}), CONCAT(ELT(1 + seq MOD ${SERVICES.length}, ${SERVICES.map((one) => `'${one}'`)}), seq MOD 97),
        CONCAT('{"brackets":[{"above":0,"rate":', 1000 + seq MOD 991, '}],"formula":"staged","unit":"investment"}'),
        1000 * (seq MOD 991), 9000000, '市场调节价', 1 + seq MOD 40, 'workday', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
    FROM seq_0_to_${count - 1}`);
}
