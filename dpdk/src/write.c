/*
 * WRITE and CLEAR. A message is walked twice: once to see that its records add up, so that nothing is
 * done of one that does not, then to make each update. An update that fails changes nothing; with
 * `all_or_none` those before it are undone by what they left behind them.
 */
#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

/* An update as it stands in the message. */
struct update {
	struct record head;
	const uint8_t *body;
	size_t bytes;
};

/* What makes an update undone: the update that turns it round. */
struct undo {
	uint8_t kind, operation; /* 0: nothing was done */
	uint32_t id;
	struct entry entry;
	struct meter_cell meter;
	struct counter_cell counter;
	struct replica *replicas; /* of a group, on the heap */
	uint32_t replica_count;
};

static bool next_update(const uint8_t **at, const uint8_t *end, struct update *update)
{
	if ((size_t)(end - *at) < sizeof(update->head))
		return false;
	memcpy(&update->head, *at, sizeof(update->head));
	if (update->head.length_bytes < sizeof(update->head) ||
	    update->head.length_bytes > (size_t)(end - *at))
		return false;
	update->body = *at + sizeof(update->head);
	update->bytes = update->head.length_bytes - sizeof(update->head);
	*at += update->head.length_bytes;
	return true;
}

static bool adds_up(const struct message *message)
{
	const uint8_t *at = message->body + sizeof(struct write_request);
	const uint8_t *end = message->body + message->body_bytes;
	struct update update;

	for (uint32_t i = 0; i < message->header.count; i++)
		if (!next_update(&at, end, &update))
			return false;
	return at == end;
}

/* Reads an action and its parameters; INVALID where no entry of the table may have them. */
static enum result read_action(const struct table *table, const uint8_t *at, size_t bytes,
			       struct entry *entry)
{
	uint32_t id;

	if (bytes < sizeof(id))
		return RESULT_INVALID;
	memcpy(&id, at, sizeof(id));
	for (uint16_t i = 0; i < table->info->action_count; i++) {
		const struct action_info *action = &table->info->actions[i];
		if (action->id != id || !action->for_entries)
			continue;
		entry->action = i;
		bool fits = bytes - sizeof(id) == fields_bytes(&action->parameters) &&
			    words_fit(&action->parameters, at + sizeof(id));
		words_read(entry->parameters, at + sizeof(id),
			   fits ? fields_bytes(&action->parameters) : 0);
		return fits ? RESULT_OK : RESULT_INVALID;
	}
	return RESULT_INVALID;
}

static bool prefix_is_clean(const uint8_t *key, uint32_t bytes, uint32_t prefix_bits)
{
	if (prefix_bits > bytes * 8)
		return false;
	for (uint32_t i = 0; i < bytes; i++) {
		uint32_t kept = prefix_bits > i * 8 ? prefix_bits - i * 8 : 0;
		uint8_t mask = kept >= 8 ? 0 : (uint8_t)(0xff >> kept);
		if (key[i] & mask)
			return false;
	}
	return true;
}

static enum result read_entry(const struct table *table, const struct update *update,
			      struct entry *entry)
{
	uint32_t key_bytes = fields_bytes(&table->info->key);
	uint32_t head_bytes = key_bytes + (table->info->kind == TABLE_LPM);

	if (update->bytes < head_bytes || !words_fit(&table->info->key, update->body))
		return RESULT_INVALID;
	if (table->info->kind == TABLE_LPM) {
		entry->prefix_bits = update->body[key_bytes];
		if (!prefix_is_clean(update->body, key_bytes, entry->prefix_bits))
			return RESULT_INVALID;
	}
	words_read(entry->key, update->body, head_bytes);
	if (update->head.operation == UPDATE_DELETE)
		return RESULT_OK;
	return read_action(table, update->body + head_bytes, update->bytes - head_bytes, entry);
}

/* What is in the table under this key, to be put back. */
static void remember_entry(const struct table *table, const struct entry *entry, struct undo *undo)
{
	const struct row *row = table_entry(table, entry);

	undo->entry = *entry;
	if (!row)
		return;
	undo->entry.action = row->action;
	memcpy(undo->entry.parameters, row->words + table->key_words, words_bytes_of(table, row->action));
}

static enum result change_entry(struct table *table, enum update_operation operation,
				const struct entry *entry)
{
	switch (operation) {
	case UPDATE_INSERT: return table_insert(table, entry);
	case UPDATE_MODIFY: return table_modify(table, entry);
	case UPDATE_DELETE: return table_delete(table, entry);
	}
	return RESULT_INVALID;
}

static enum result write_entry(struct program *program, const struct update *update,
			       struct undo *undo)
{
	struct table *table = program_table(program, update->head.id);
	struct entry entry = {0};

	if (!table)
		return RESULT_NOT_FOUND;
	enum result result = read_entry(table, update, &entry);
	if (result != RESULT_OK)
		return result;
	remember_entry(table, &entry, undo);
	return change_entry(table, update->head.operation, &entry);
}

/* Every default of the program is constant. */
static enum result write_default(struct program *program, const struct update *update)
{
	return program_table(program, update->head.id) ? RESULT_PRECONDITION : RESULT_NOT_FOUND;
}

static enum result write_meter(struct program *program, const struct update *update,
			       struct undo *undo)
{
	struct meter_array *meter = program_meter(program, update->head.id);
	struct meter_cell cell = {0};
	bool sets = update->head.operation == UPDATE_MODIFY;

	if (!meter)
		return RESULT_NOT_FOUND;
	if (update->head.operation == UPDATE_INSERT || update->bytes > sizeof(cell) ||
	    update->bytes < (sets ? sizeof(cell) : sizeof(cell.index)))
		return RESULT_INVALID;
	memcpy(&cell, update->body, update->bytes);
	if (cell.index >= meter->info->size)
		return RESULT_OUT_OF_RANGE;
	undo->meter = meter_get(meter, cell.index);
	return sets ? meter_set(meter, &cell) : meter_unset(meter, cell.index);
}

static enum result write_counter(struct program *program, const struct update *update,
				 struct undo *undo)
{
	struct counter_array *counter = program_counter(program, update->head.id);
	struct counter_cell cell;

	if (!counter)
		return RESULT_NOT_FOUND;
	if (update->head.operation != UPDATE_MODIFY || update->bytes != sizeof(cell))
		return RESULT_INVALID;
	memcpy(&cell, update->body, sizeof(cell));
	if (cell.index >= counter->info->size)
		return RESULT_OUT_OF_RANGE;
	undo->counter = counter_get(counter, cell.index);
	return counter_set(counter, &cell);
}

static enum result write_group(struct program *program, const struct update *update,
			       struct undo *undo)
{
	struct groups *groups = &program->groups;
	uint32_t id = update->head.id;
	size_t count = update->bytes / sizeof(struct replica);
	struct replica replicas[REPLICAS_MAX];

	if (update->bytes % sizeof(struct replica) || count > REPLICAS_MAX)
		return RESULT_INVALID;
	const struct replica_list *old = groups_find(groups, id);
	if (old) {
		undo->replicas = malloc(old->count * sizeof(*undo->replicas) + 1);
		if (!undo->replicas)
			return RESULT_FULL;
		memcpy(undo->replicas, old->replicas, old->count * sizeof(*undo->replicas));
		undo->replica_count = old->count;
	}
	memcpy(replicas, update->body, count * sizeof(*replicas));
	return groups_write(groups, update->head.operation, id, replicas, (uint32_t)count);
}

/* Makes one update, and leaves in `undo` what turns it round. */
static enum result make(struct program *program, const struct update *update, struct undo *undo)
{
	enum result result = RESULT_UNIMPLEMENTED;

	*undo = (struct undo){.kind = update->head.kind, .id = update->head.id};
	if (update->head.operation < UPDATE_INSERT || update->head.operation > UPDATE_DELETE)
		return RESULT_INVALID;
	switch (update->head.kind) {
	case ENTITY_ENTRY: result = write_entry(program, update, undo); break;
	case ENTITY_DEFAULT: result = write_default(program, update); break;
	case ENTITY_METER: result = write_meter(program, update, undo); break;
	case ENTITY_COUNTER: result = write_counter(program, update, undo); break;
	case ENTITY_GROUP: result = write_group(program, update, undo); break;
	}
	if (result == RESULT_OK)
		undo->operation = update->head.operation;
	return result;
}

/* INSERT is undone by DELETE, DELETE by INSERT, MODIFY by MODIFY. */
static enum update_operation turned(uint8_t operation)
{
	return (enum update_operation)(UPDATE_INSERT + UPDATE_DELETE - operation);
}

static void unmake(struct program *program, const struct undo *undo)
{
	if (!undo->operation)
		return;
	switch (undo->kind) {
	case ENTITY_ENTRY:
		change_entry(program_table(program, undo->id), turned(undo->operation), &undo->entry);
		break;
	case ENTITY_METER:
		if (undo->meter.is_set)
			meter_set(program_meter(program, undo->id), &undo->meter);
		else
			meter_unset(program_meter(program, undo->id), undo->meter.index);
		break;
	case ENTITY_COUNTER:
		counter_set(program_counter(program, undo->id), &undo->counter);
		break;
	case ENTITY_GROUP:
		groups_write(&program->groups, turned(undo->operation), undo->id, undo->replicas,
			     undo->replica_count);
		break;
	}
}

struct outcome {
	struct record_result *results;
	struct undo *undos; /* NULL where nothing need be undone */
	enum result first;
};

static void make_all(struct program *program, const struct message *message,
		     struct outcome *outcome)
{
	const uint8_t *at = message->body + sizeof(struct write_request);
	const uint8_t *end = message->body + message->body_bytes;
	struct update update;

	for (uint32_t i = 0; i < message->header.count; i++) {
		struct undo alone;
		struct undo *undo = outcome->undos ? &outcome->undos[i] : &alone;
		next_update(&at, end, &update);
		enum result result = outcome->undos && outcome->first ? RESULT_ABORTED
								      : make(program, &update, undo);
		if (!outcome->undos)
			free(alone.replicas);
		outcome->results[i].result = (uint16_t)result;
		if (result && !outcome->first)
			outcome->first = result;
	}
}

static void unmake_all(struct program *program, uint32_t count, struct outcome *outcome)
{
	for (uint32_t i = count; i-- > 0;) {
		if (outcome->first)
			unmake(program, &outcome->undos[i]);
		if (outcome->first && outcome->results[i].result == RESULT_OK)
			outcome->results[i].result = RESULT_ABORTED;
		free(outcome->undos[i].replicas);
	}
}

bool answer_write(struct session *session, const struct message *message)
{
	struct write_request request;
	uint32_t count = message->header.count;

	if (message->body_bytes < sizeof(request) || !adds_up(message))
		return false;
	memcpy(&request, message->body, sizeof(request));
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_WRITE, message->header.sequence);
	struct outcome outcome = {.results = reply_add(&reply, count * sizeof(struct record_result))};
	if (request.all_or_none)
		outcome.undos = calloc(count + 1, sizeof(*outcome.undos));
	if (request.all_or_none && !outcome.undos) {
		session_refuse(session, RESULT_FULL, "no memory to undo a write with");
		return true;
	}
	make_all(session->plane->program, message, &outcome);
	if (outcome.undos)
		unmake_all(session->plane->program, count, &outcome);
	free(outcome.undos);
	reply_end(&reply, count, outcome.first);
	return true;
}

bool answer_clear(struct session *session, const struct message *message)
{
	if (message->body_bytes)
		return false;
	program_clear(session->plane->program);
	struct reply reply = reply_begin(session, REPLY_BIT | MESSAGE_CLEAR, message->header.sequence);
	reply_end(&reply, 0, RESULT_OK);
	return true;
}
