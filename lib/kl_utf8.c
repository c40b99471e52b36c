#include "kl_utf8.h"

/* What the first byte says; `least` is what needs so many bytes. */
struct lead {
	size_t size;
	uint32_t bits, least;
};

static struct lead read_lead(uint8_t byte)
{
	if (byte < 0x80)
		return (struct lead){ 1, byte, 0 };
	if ((byte & 0xe0) == 0xc0)
		return (struct lead){ 2, byte & 0x1f, 0x80 };
	if ((byte & 0xf0) == 0xe0)
		return (struct lead){ 3, byte & 0x0f, 0x800 };
	if ((byte & 0xf8) == 0xf0)
		return (struct lead){ 4, byte & 0x07, 0x10000 };
	return (struct lead){ 0 };
}

size_t kl_utf8_next(const char *bytes, size_t size, uint32_t *point)
{
	struct lead lead = { 0 };

	if (size > 0)
		lead = read_lead((uint8_t)*bytes);
	if (lead.size == 0 || lead.size > size)
		return 0;
	for (size_t i = 1; i < lead.size; i++) {
		if (((uint8_t)bytes[i] & 0xc0) != 0x80)
			return 0;
		lead.bits = lead.bits << 6 | ((uint8_t)bytes[i] & 0x3f);
	}
	if (lead.bits < lead.least || lead.bits > 0x10ffff ||
	    (lead.bits >= 0xd800 && lead.bits <= 0xdfff))
		return 0;
	*point = lead.bits;
	return lead.size;
}
