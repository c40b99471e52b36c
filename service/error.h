/* error.h -- every way a request can fail, and what the client is told. */
#ifndef ERROR_H
#define ERROR_H

#include "kl_base.h"

/* What a client reads; Chinese unless it asks for English. */
enum language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_COUNT };

/*
 * One line per failure: code, HTTP status, slug, title in both languages.
 * The slug is public and permanent: clients switch on it. Add lines; never
 * change one.
 */
#define ERRORS(X)                                                              \
	X(ERR_BAD_REQUEST, 400, "bad-request", "请求格式有误",                 \
	    "The request is malformed")                                        \
	X(ERR_BAD_JSON, 400, "bad-json", "正文不是有效的 JSON",                \
	    "The body is not valid JSON")                                      \
	X(ERR_UNAUTHENTICATED, 401, "unauthenticated", "请先出示有效凭证",     \
	    "A valid key is needed")                                           \
	X(ERR_FORBIDDEN, 403, "forbidden", "该角色无权办理",                   \
	    "This role may not do that")                                       \
	X(ERR_CROSS_SITE, 403, "cross-site", "请求不是来自本站页面",           \
	    "The request does not come from a page of this site")              \
	X(ERR_STEP_UP, 403, "step-up", "请再次出示动态口令",                   \
	    "A fresh one-time code is needed")                                 \
	X(ERR_SCOPE, 403, "scope", "密钥或委托不含此事",                       \
	    "The key or delegation is not for that")                           \
	X(ERR_NOT_FOUND, 404, "not-found", "没有这个资源", "No such resource") \
	X(ERR_METHOD, 405, "method", "该资源不支持此方法",                     \
	    "The resource lacks this method")                                  \
	X(ERR_TIMEOUT, 408, "request-timeout", "请求发送超时",                 \
	    "The request took too long to arrive")                             \
	X(ERR_CONFLICT, 409, "conflict", "与已有记录相冲突",                   \
	    "It contradicts what is recorded")                                 \
	X(ERR_STATE, 409, "wrong-state", "当前状态下不能办理",                 \
	    "Not in its present state")                                        \
	X(ERR_EXISTS, 409, "exists", "已经存在", "It exists already")          \
	X(ERR_TOO_EARLY, 409, "too-early", "尚未到时间", "It is too early")    \
	X(ERR_TOO_LATE, 409, "too-late", "已经过了截止时间",                   \
	    "The deadline has passed")                                         \
	X(ERR_LENGTH, 411, "length-required", "缺少正文长度",                  \
	    "Content-Length is required")                                      \
	X(ERR_PRECONDITION, 412, "precondition-failed", "记录已被他人更改",    \
	    "It was changed in the meantime")                                  \
	X(ERR_TOO_LARGE, 413, "too-large", "正文过大",                         \
	    "The body is too large")                                           \
	X(ERR_URI, 414, "uri-too-long", "网址过长", "The URI is too long")     \
	X(ERR_MEDIA_TYPE, 415, "media-type", "不接受这种内容类型",             \
	    "The media type is not taken here")                                \
	X(ERR_MISDIRECTED, 421, "misdirected", "本服务不负责此主机名",         \
	    "This host is not served here")                                    \
	X(ERR_INVALID, 422, "invalid", "内容不符合规则",                       \
	    "The content breaks the rules")                                    \
	X(ERR_KEY_REUSED, 422, "idempotency-key-reused",                       \
	    "该幂等键已用于另一内容",                                          \
	    "The idempotency key came with another body")                      \
	X(ERR_COMMITMENT, 422, "bad-commitment", "承诺无效",                   \
	    "The commitment is not valid")                                     \
	X(ERR_REVEAL, 422, "bad-reveal", "揭示与承诺不符",                     \
	    "The reveal does not match")                                       \
	X(ERR_SIGNATURE, 422, "bad-signature", "签名无效",                     \
	    "A signature does not verify")                                     \
	X(ERR_PUBLIC_KEY, 422, "bad-public-key", "公钥无效",                   \
	    "The public key cannot be used")                                   \
	X(ERR_BEACON, 422, "beacon-mismatch", "不是所声明信标的数值",          \
	    "Not the value of the beacon that was declared")                   \
	X(ERR_NO_POLICY, 409, "no-policy", "尚无现行的政策参数",               \
	    "No policy is in force yet")                                       \
	X(ERR_NO_REGION, 409, "no-region", "无法确定所属区划",                 \
	    "It cannot be told of which region this is")                       \
	X(ERR_PARTY_MISSING, 409, "party-missing", "必需的参与方尚未登记公钥", \
	    "A required party has no enrolled key")                            \
	X(ERR_TWO_PERSONS, 403, "two-persons", "须由另一单位的人员批准",       \
	    "Somebody of another organisation must approve it")                \
	X(ERR_DIGEST, 422, "digest-mismatch", "所批准的不是该内容",            \
	    "The digest is of another content")                                \
	X(ERR_APPROVALS, 422, "too-few-approvals", "签名的参与方不足",         \
	    "Too few parties have signed, or not the right ones")              \
	X(ERR_WITNESS, 422, "witness-unavailable", "没有足够的联署见证",       \
	    "Too few witnesses are configured")                                \
	X(ERR_PRECONDITION_MISSING, 428, "precondition-required",              \
	    "缺少 Idempotency-Key 或 If-Match",                                \
	    "Idempotency-Key or If-Match is missing")                          \
	X(ERR_TOO_MANY, 429, "too-many", "请求过于频繁", "Too many requests")  \
	X(ERR_HEADERS, 431, "headers-too-large", "请求头过大",                 \
	    "The header fields are too large")                                 \
	X(ERR_DATABASE, 500, "database", "数据库出错", "The database failed")  \
	X(ERR_INTERNAL, 500, "internal", "服务出错", "The service failed")     \
	X(ERR_EXPECTATION, 417, "expectation", "不支持的 Expect",              \
	    "The expectation cannot be met")                                   \
	X(ERR_VERSION, 505, "http-version", "只支持 HTTP/1.1",                 \
	    "Only HTTP/1.1 is spoken")                                         \
	X(ERR_BUSY, 503, "busy", "请稍后再试", "Try again shortly")            \
	X(ERR_CLOCK, 503, "clock-skew", "本机与数据库的时钟不一致",            \
	    "The clocks of the service and of its database disagree")          \
	X(ERR_UNKNOWN_OUTCOME, 503, "unknown-outcome",                         \
	    "结果未知,请用同一幂等键重试",                                     \
	    "It may have happened: repeat with the same key")

#define ERROR_ENUM(code, status, slug, zh, en) code,
enum error {
	ERR_OK = 0,
	ERRORS(ERROR_ENUM) ERR_COUNT,
	/* Of an act's handler, to the writer alone: what it prepared from has
	 * changed since. Nobody is told: it is prepared again. */
	ERR_STALE
};
#undef ERROR_ENUM

#define MUST_CHECK __attribute__((warn_unused_result))

struct error_info {
	unsigned status;
	const char *slug;
	const char *title[LANGUAGE_COUNT];
};

/* Never NULL. `error` is one of the ERRORS. */
const struct error_info *error_info(enum error error);

/* The failure a lib result stands for. */
enum error error_of_lib(enum kl_result result) MUST_CHECK;

#endif
