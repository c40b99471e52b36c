/* A draw as plain HTML: what it says, and that nobody's words become markup. */
#include "unit.h"

#include "plain.h"

#include <stdlib.h>

enum { SIZE_MAX_HERE = 1 << 16 };

#define QUICKNET                                                               \
	"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"

static char *shown(
    void (*show)(struct kl_buf *to, const json_t *of), const char *json)
{
	struct kl_buf to = KL_BUF(SIZE_MAX_HERE);
	json_t *of = json_loads(json, 0, NULL);

	assert_non_null(of);
	show(&to, of);
	kl_buf_add_byte(&to, 0);
	assert_int_equal(kl_buf_result(&to), KL_OK);
	json_decref(of);
	return (char *)to.data;
}

static void assert_says(const char *html, const char *words)
{
	if (!strstr(html, words))
		fail_msg("not there: %s\nin %s", words, html);
}

static void assert_silent(const char *html, const char *words)
{
	if (strstr(html, words))
		fail_msg("there: %s\nin %s", words, html);
}

static void a_draw_says_all_of_it(void **state)
{
	char *html = shown(plain_draw,
	    "{\"id\":\"D-1\",\"title\":\"\xe6\xa1\xa5\",\"state\":\"closed\","
	    "\"outcome\":\"result\",\"reason\":\"drawn\",\"attempt\":2,"
	    "\"previous\":\"D-0\",\"notice\":\"N-1\",\"alternates\":0,"
	    "\"closed_at\":\"2026-12-31T16:30:05Z\",\"commit_by\":null,"
	    "\"beacon\":\"drand\",\"beacon_source\":\"" QUICKNET "\","
	    "\"close_hash\":\"ab\",\"ranking\":["
	    "{\"rank\":1,\"entry\":\"A\",\"name\":\"a\",\"alternate\":0},"
	    "{\"rank\":2,\"entry\":\"B\",\"name\":\"b\",\"alternate\":0},"
	    "{\"rank\":3,\"entry\":\"C\",\"name\":\"c\",\"alternate\":1},"
	    "{\"rank\":4,\"entry\":\"D\",\"name\":\"d\",\"alternate\":2}],"
	    "\"replaced\":[{\"number\":1,\"out\":\"A\",\"in\":\"C\","
	    "\"reason\":\"refused\"}],"
	    "\"parties\":[{\"party\":\"operator\",\"required\":true,"
	    "\"committed\":true,\"revealed\":false}],"
	    "\"texts\":[{\"name\":\"seed.txt\",\"sha256\":\"cd\","
	    "\"event_index\":7}]}");

	(void)state;
	assert_says(html, "<h1>抽取 <span lang=\"en\">Draw</span> D-1</h1>");
	assert_says(html, "<dd>已结束 <span lang=\"en\">Closed</span></dd>");
	assert_says(html, "<a href=\"/v1/notices/N-1\">N-1</a>");
	assert_says(html, "<a href=\"/draws/D-0\">D-0</a>");
	assert_says(html, "<time datetime=\"2026-12-31T16:30:05Z\">"
			  "2027-01-01 00:30:05</time>");
	assert_silent(html, "Commit by");
	assert_silent(html, "Alternates");
	assert_says(html, "<td>1<td>a<td>A<td>中选后退出");
	assert_says(html, "It refused");
	assert_says(html, "<td>2<td>b<td>B<td>中选 <");
	assert_says(html, "<td>3<td>c<td>C<td>候补递补");
	assert_says(html, "alternate</span> 2</tr>");
	assert_says(html, "<td>operator<td>是 <span lang=\"en\">yes</span><td>"
			  "是 <span lang=\"en\">yes</span><td>否");
	assert_says(html, "<a href=\"/v1/draws/D-1/texts/seed.txt\">");
	assert_says(html, "<a href=\"/v1/draws/D-1/pack\">");
	assert_silent(html, "测试");
	assert_silent(html, "REHEARSAL");
	free(html);
}

static void a_draft_says_little(void **state)
{
	char *html = shown(plain_draw,
	    "{\"id\":\"D-1\",\"state\":\"drafted\",\"beacon\":\"none\"}");

	(void)state;
	assert_says(html, "名单公示");
	assert_silent(html, "<table>");
	assert_silent(html, "/pack");
	free(html);
}

/* What is no real draw says so above all else. */
static void what_is_a_test_says_so(void **state)
{
	char *html = shown(plain_draw,
	    "{\"id\":\"D-1\",\"rehearsal\":true,\"overdue\":true,"
	    "\"beacon\":\"drand\",\"beacon_source\":\""
	    "aadb9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
	    "\"}");

	(void)state;
	assert_says(html, "<strong>演练 REHEARSAL</strong>");
	assert_says(html, "<strong>测试 test</strong>");
	assert_says(html, "<strong>已逾期");
	assert_true(strstr(html, "REHEARSAL") < strstr(html, "<dl>"));
	free(html);
}

static void words_stay_words(void **state)
{
	char *html = shown(plain_draw,
	    "{\"id\":\"D-1\",\"title\":\"</noscript><script>a('&\\\"')\","
	    "\"reason\":\"<b>\",\"closed_at\":\"<i>\",\"ranking\":[{\"rank\":1,"
	    "\"entry\":\"E\",\"name\":\"<img src=x>\",\"alternate\":0}]}");

	(void)state;
	assert_says(html, "&lt;/noscript&gt;&lt;script&gt;a(&#39;&amp;&quot;"
			  "&#39;)");
	assert_says(html, "<dd>&lt;b&gt;</dd>");
	assert_says(html, "<dd>&lt;i&gt;</dd>");
	assert_says(html, "<td>&lt;img src=x&gt;");
	assert_silent(html, "<script");
	assert_silent(html, "<img");
	free(html);
}

static void all_draws_have_a_row_each(void **state)
{
	char *html = shown(plain_draws,
	    "{\"items\":[{\"id\":\"D-2\",\"project\":\"P\",\"state\":"
	    "\"locked\",\"outcome\":null,\"entrants\":5,\"selected\":2},"
	    "{\"id\":\"D-1\",\"project\":\"Q\",\"state\":\"closed\","
	    "\"outcome\":\"void\",\"entrants\":3,\"selected\":1}],"
	    "\"next_cursor\":\"abc\"}");
	char *last = shown(plain_draws, "{\"items\":[],\"next_cursor\":null}");

	(void)state;
	assert_says(html, "<tr><td><a href=\"/draws/D-2\">D-2</a><br>P<td>"
			  "已锁定 <span lang=\"en\">Locked</span><td><td>5"
			  " / 2</tr>");
	assert_says(html, "终止");
	assert_says(html, "<a href=\"/v1/draws?cursor=abc\">");
	assert_silent(last, "cursor");
	free(html);
	free(last);
}

static void it_stands_in_its_place(void **state)
{
	static const char document[] = "<title>t</title><a><main "
				       "id=\"plain\"></main>";
	struct kl_buf title = KL_BUF(SIZE_MAX_HERE), body = title, to = title;

	(void)state;
	kl_buf_add_text(&body, "B");
	assert_true(plain_compose(&to, document, &title, &body));
	assert_memory_equal(
	    to.data, "<title>t</title><a><main id=\"plain\">B</main>", to.size);
	kl_buf_clear(&to);
	kl_buf_add_text(&title, "T");
	assert_true(plain_compose(&to, document, &title, &body));
	assert_memory_equal(
	    to.data, "<title>T</title><a><main id=\"plain\">B</main>", to.size);
	kl_buf_clear(&to);
	for (size_t i = 0; i < 3; i++) {
		static const char *const without[] = { "<main id=\"plain\">",
			"<title></title>", "<title>t<main id=\"plain\">" };

		assert_false(plain_compose(&to, without[i], &title, &body));
		assert_int_equal(to.size, 0);
	}
	kl_buf_clear(&title);
	kl_buf_clear(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draw_says_all_of_it),
		cmocka_unit_test(a_draft_says_little),
		cmocka_unit_test(what_is_a_test_says_so),
		cmocka_unit_test(words_stay_words),
		cmocka_unit_test(all_draws_have_a_row_each),
		cmocka_unit_test(it_stands_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
