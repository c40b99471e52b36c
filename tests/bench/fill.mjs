// fill.mjs -- rows enough to measure with, put into the database directly.
// Nothing in the log says that they came: only for benches that read.

// `count` institutions; their ids ascend.
export const fillInstitutions = (it, count) => it.sql(`
  INSERT INTO institution (id, state, seq, event_index, name, affiliation_group)
  SELECT CONCAT('9136070', LPAD(seq, 10, '0'), 'X'), 'active', 1, seq,
      CONCAT('示例工程咨询', seq, '有限公司'), CONCAT('group-', seq DIV 10)
  FROM seq_1_to_${count}`);
