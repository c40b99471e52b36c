/* listing_check.c -- what a listing must say before anybody sees it. */
#include "body_json.h"
#include "kl_fee_change.h"
#include "kl_limit.h"
#include "listings.h"

#include <string.h>

/* 市场调节价: nobody has set the price. */
#define MARKET_PRICE "市场调节价"

/* --- all is said ---------------------------------------------------------- */

/*
 * 七公开 of the county's report of 2010, 五公开 of 渝委办发〔2012〕20号 §15, 四
 * 公开 of 优化营商环境条例 §43, and what they rest on; 0 is not said either.
 */
static const struct public_field {
	const char *pointer;
	size_t offset;
	bool number;
	const char *zh;
} public_fields[] = {
#define TEXT(field, zh)                                                        \
	{                                                                      \
		"/" #field, offsetof(struct listing, field), false, zh         \
	}
	TEXT(service_name, "项目名称"),
	TEXT(basis, "设立依据"),
	TEXT(serves, "服务对象与适用审批事项"),
	TEXT(conditions, "办理条件"),
	TEXT(materials, "申报材料"),
	TEXT(steps, "办理程序"),
	{ "/promised_days", offsetof(struct listing, promised_days), true,
	    "承诺期限" },
	TEXT(deadline_unit, "承诺期限的单位"),
	TEXT(counts_from, "承诺期限的起算"),
	TEXT(fee, "收费标准"),
	TEXT(fee_basis, "收费依据"),
	TEXT(rules, "业务规程"),
	TEXT(complaint_channel, "监督投诉渠道"),
	TEXT(qualifications, "资质"),
#undef TEXT
};

static bool is_said(
    const struct listing *listing, const struct public_field *field)
{
	const void *at = (const char *)listing + field->offset;

	return field->number ? *(const uint64_t *)at > 0
			     : *(const char *const *)at != NULL;
}

static enum error check_said(
    struct request *request, const struct listing *listing)
{
	size_t count = sizeof(public_fields) / sizeof(*public_fields);
	enum error error = ERR_OK;

	for (size_t i = 0; i < count; i++)
		if (!is_said(listing, &public_fields[i]))
			error =
			    request_complain(request, public_fields[i].pointer,
				"not-public", "须公开:{0}",
				"must be public before the listing is",
				public_fields[i].zh, NULL);
	return error;
}

/* --- what is said is sound ------------------------------------------------ */

static enum error check_days(
    struct request *request, const struct listing *listing)
{
	uint64_t most = listing->promised_days;

	if (listing->urgent_days == 0 && listing->urgent_surcharge_bp > 0)
		return request_complain(request, "/urgent_surcharge_bp",
		    "urgent", "不提供加急则无加急费",
		    "there is no surcharge where nothing is urgent", NULL);
	if (listing->urgent_days <= most)
		return ERR_OK;
	return request_complain(request, "/urgent_days", "urgent",
	    "加急时限不得超过承诺期限",
	    "what is urgent must not take longer than what is not", NULL);
}

static enum error check_fee(struct request *request, struct listing *listing,
    struct kl_fee_sheet *sheet)
{
	struct kl_fee_range range = { 0, 0 };
	enum error error = body_fee_read(request, listing->fee, "/fee", sheet);

	if (!error && listing->fee)
		error = error_of_lib(
		    kl_fee_range(&sheet->schedule, 0, KL_INTEGER_MAX, &range));
	listing->fee_min_fen = (uint64_t)range.min_fen;
	listing->fee_max_fen = range.max_fen == KL_FEE_OPEN
				   ? KL_INTEGER_MAX
				   : (uint64_t)range.max_fen;
	return error;
}

enum error listing_check(struct request *request, struct listing *listing)
{
	struct kl_fee_sheet sheet;
	struct body_tokens regions;
	enum error days = check_days(request, listing);
	enum error places =
	    body_tokens_read(request, listing->regions, "/regions", &regions);
	enum error error = check_fee(request, listing, &sheet);

	error = error ? error : days;
	return error ? error : places;
}

/* --- the category allows it ----------------------------------------------- */

static struct kl_days days_of(uint64_t days, const char *unit)
{
	return (struct kl_days){ (int64_t)days, strcmp(unit, "workday") == 0 };
}

static enum error check_cap(struct request *request,
    const struct listing *listing, const struct category *category)
{
	struct kl_days promise, cap;

	if (category->cap_days == 0 || listing->promised_days == 0 ||
	    !listing->deadline_unit)
		return ERR_OK;
	promise = days_of(listing->promised_days, listing->deadline_unit);
	cap = days_of(category->cap_days, category->cap_unit);
	switch (kl_limit_compare(&promise, &cap)) {
	case KL_LIMIT_WITHIN:
		return ERR_OK;
	case KL_LIMIT_OVER:
		return request_complain(request, "/promised_days", "over-cap",
		    "承诺期限不得超过该类别的上限({0})",
		    "the promise must not be over the category's cap of {0}",
		    request_number(request, category->cap_days), NULL);
	case KL_LIMIT_UNKNOWN:
		break;
	}
	return request_complain(request, "/deadline_unit", "unit",
	    "日与工作日无法比较,请用与类别上限相同的单位",
	    "days and working days cannot be compared here: use the unit of "
	    "the category's cap",
	    NULL);
}

static bool is_governed(const struct category *category)
{
	return category->price_control &&
	       strcmp(category->price_control, "government") == 0;
}

static enum error check_basis(struct request *request,
    const struct listing *listing, const struct category *category)
{
	if (!is_governed(category) || !listing->fee_basis ||
	    strcmp(listing->fee_basis, MARKET_PRICE) != 0)
		return ERR_OK;
	return request_complain(request, "/fee_basis", "price",
	    "政府定价的类别须写明定价文件",
	    "where the government sets the price, say by what", NULL);
}

static enum error check_ceiling(struct request *request,
    const struct category *category, const struct kl_fee_sheet *sheet)
{
	struct kl_fee_sheet ceiling;
	struct kl_fee_difference difference;
	enum error error =
	    body_fee_read(request, category->fee_ceiling, "/fee", &ceiling);

	if (!error)
		error = error_of_lib(kl_fee_compare(
		    &ceiling.schedule, &sheet->schedule, &difference));
	if (error || kl_fee_binds_earlier(difference.change))
		return error;
	if (difference.change == KL_FEE_OTHER_UNIT)
		return request_complain(request, "/fee/unit", "price",
		    "计费单位须与政府定价相同",
		    "the unit must be that of the government's price", NULL);
	return request_complain(request, "/fee", "over-ceiling",
	    "数量为 {0} 时高于政府定价的上限",
	    "for a quantity of {0} it is above the government's price",
	    request_number(request, (uint64_t)difference.quantity), NULL);
}

/* Everything at once, but what stops the act by itself. */
static enum error worse(enum error worst, enum error error)
{
	return worst && worst != ERR_INVALID ? worst : error ? error : worst;
}

enum error listing_check_whole(struct request *request, struct listing *listing)
{
	const struct category *category = NULL;
	struct body_tokens regions;
	struct kl_fee_sheet sheet;
	enum error worst = category_open(request, listing->category, &category);
	enum error fee;

	worst = worse(worst, check_said(request, listing));
	worst = worse(worst, check_days(request, listing));
	worst = worse(worst,
	    body_tokens_read(request, listing->regions, "/regions", &regions));
	fee = check_fee(request, listing, &sheet);
	worst = worse(worst, fee);
	if (!category)
		return worst;
	worst = worse(worst, check_cap(request, listing, category));
	worst = worse(worst, check_basis(request, listing, category));
	if (is_governed(category) && listing->fee && !fee)
		worst = worse(worst, check_ceiling(request, category, &sheet));
	return worst;
}
