-- Groups follow the policy on its day: policies that were adopted before that
-- was kept as a due act have one, too. What has begun by now follows at once.
INSERT INTO due (kind, subject, seq, at, try_at)
    SELECT 'policy.begin', policy.id, 1,
        TIMESTAMP(policy.effective_from) - INTERVAL 8 HOUR,
        TIMESTAMP(policy.effective_from) - INTERVAL 8 HOUR
    FROM policy LEFT JOIN due ON due.kind = 'policy.begin'
        AND due.subject = policy.id AND due.seq = 1
    WHERE due.kind IS NULL;
