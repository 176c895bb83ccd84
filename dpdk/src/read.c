/* READ: a page of entries, cells or groups, as many as fit one message. */
#include "messages.h"

#include <string.h>

#include "words.h"

/* A page that is being filled. */
struct page {
	struct reply reply;
	struct read_reply *head;
	uint32_t count;
};

/* Room for a record of this kind; NULL where the page is full. */
static uint8_t *add(struct page *page, uint8_t kind, uint32_t id, size_t body_bytes)
{
	struct record *record = reply_add(&page->reply, sizeof(*record) + body_bytes);

	if (!record)
		return NULL;
	*record = (struct record){
		.length_bytes = (uint16_t)(sizeof(*record) + body_bytes),
		.kind = kind,
		.id = id,
	};
	page->count++;
	return (uint8_t *)(record + 1);
}

static bool add_entry(struct page *page, const struct table *table, const struct row *row)
{
	const struct action_info *action = &table->info->actions[row->action];
	uint32_t key_bytes = fields_bytes(&table->info->key) + (table->info->kind == TABLE_LPM);
	uint32_t parameter_bytes = fields_bytes(&action->parameters);
	uint8_t *at = add(page, ENTITY_ENTRY, table->info->id,
			  key_bytes + sizeof(action->id) + parameter_bytes);

	if (!at)
		return false;
	words_write(at, row->words, key_bytes);
	memcpy(at + key_bytes, &action->id, sizeof(action->id));
	words_write(at + key_bytes + sizeof(action->id), row->words + table->key_words,
		    parameter_bytes);
	return true;
}

static enum result read_entries(struct page *page, struct program *program,
				const struct read_request *request)
{
	const struct table *table = program_table(program, request->id);
	uint32_t handle = request->first ? request->first : 1;
	const struct row *row;

	if (!table)
		return RESULT_NOT_FOUND;
	for (; (row = table_next(table, &handle)); handle++)
		if (!add_entry(page, table, row)) {
			page->head->next = handle;
			return RESULT_OK;
		}
	return RESULT_OK;
}

/* Every default is the program's, and none of them takes parameters that are not zero. */
static enum result read_default(struct page *page, struct program *program,
				const struct read_request *request)
{
	const struct table *table = program_table(program, request->id);

	if (!table)
		return RESULT_NOT_FOUND;
	const struct action_info *action = &table->info->actions[table->info->default_action];
	uint32_t parameter_bytes = fields_bytes(&action->parameters);
	uint8_t *at = add(page, ENTITY_DEFAULT, table->info->id,
			  sizeof(action->id) + parameter_bytes);
	memcpy(at, &action->id, sizeof(action->id));
	memset(at + sizeof(action->id), 0, parameter_bytes);
	return RESULT_OK;
}

/* The cells that a request names: from `first` up to, not with, the value. */
static uint32_t cells_end(const struct read_request *request, uint32_t size)
{
	uint64_t end = request->cells ? (uint64_t)request->first + request->cells : size;

	return end < size ? (uint32_t)end : size;
}

static bool add_cell(struct page *page, const struct read_request *request, const void *cell,
		     size_t bytes)
{
	uint8_t *at = add(page, request->kind, request->id, bytes);

	if (at)
		memcpy(at, cell, bytes);
	return at;
}

static enum result read_meters(struct page *page, struct program *program,
			       const struct read_request *request)
{
	const struct meter_array *meter = program_meter(program, request->id);

	if (!meter)
		return RESULT_NOT_FOUND;
	if (request->first >= meter->info->size)
		return RESULT_OUT_OF_RANGE;
	for (uint32_t i = request->first; i < cells_end(request, meter->info->size); i++) {
		struct meter_cell cell = meter_get(meter, i);
		if (request->only_set && !cell.is_set)
			continue;
		if (!add_cell(page, request, &cell, sizeof(cell))) {
			page->head->next = i;
			break;
		}
	}
	return RESULT_OK;
}

static enum result read_counters(struct page *page, struct program *program,
				 const struct read_request *request)
{
	const struct counter_array *counter = program_counter(program, request->id);

	if (!counter)
		return RESULT_NOT_FOUND;
	if (request->first >= counter->info->size)
		return RESULT_OUT_OF_RANGE;
	for (uint32_t i = request->first; i < cells_end(request, counter->info->size); i++) {
		struct counter_cell cell = counter_get(counter, i);
		if (request->only_set && !cell.packets && !cell.bytes)
			continue;
		if (!add_cell(page, request, &cell, sizeof(cell))) {
			page->head->next = i;
			break;
		}
	}
	return RESULT_OK;
}

static enum result read_groups(struct page *page, struct program *program,
			       const struct read_request *request)
{
	uint32_t first = request->id ? request->id : request->first ? request->first : 1;
	uint32_t last = request->id ? request->id : GROUPS_MAX;

	if (first > GROUPS_MAX || last > GROUPS_MAX)
		return RESULT_OUT_OF_RANGE;
	for (uint32_t id = first; id <= last; id++) {
		const struct replica_list *list = groups_find(&program->groups, id);
		if (!list)
			continue;
		uint8_t *at = add(page, ENTITY_GROUP, id, list->count * sizeof(struct replica));
		if (!at) {
			page->head->next = id;
			break;
		}
		memcpy(at, list->replicas, list->count * sizeof(struct replica));
	}
	return RESULT_OK;
}

bool answer_read(struct session *session, const struct message *message)
{
	struct program *program = session->plane->program;
	struct read_request request;
	enum result result = RESULT_UNIMPLEMENTED;

	if (message->body_bytes != sizeof(request))
		return false;
	memcpy(&request, message->body, sizeof(request));
	struct page page = {
		.reply = reply_begin(session, REPLY_BIT | MESSAGE_READ, message->header.sequence),
	};
	page.head = reply_add(&page.reply, sizeof(*page.head));
	*page.head = (struct read_reply){0};
	switch (request.kind) {
	case ENTITY_ENTRY: result = read_entries(&page, program, &request); break;
	case ENTITY_DEFAULT: result = read_default(&page, program, &request); break;
	case ENTITY_METER: result = read_meters(&page, program, &request); break;
	case ENTITY_COUNTER: result = read_counters(&page, program, &request); break;
	case ENTITY_GROUP: result = read_groups(&page, program, &request); break;
	}
	reply_end(&page.reply, page.count, result);
	return true;
}
