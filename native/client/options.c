#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "option-values.h"

/* An NFS client believes for 60 s at most what it has seen (acregmax, acdirmax). */
static const uint64_t coherence_ms = 60000;

enum option {
	OPTION_NONE,
	OPTION_COHERENCE,
	OPTION_COHERENCE_TIMEOUT,
	OPTION_CPUS,
	OPTION_EXCLUDE,
	OPTION_HOST,
	OPTION_MEMORY,
	OPTION_NO_INPUT,
	OPTION_NO_TERMINAL,
	OPTION_QUIET,
	OPTION_REQUIRE_CLUSTER,
	OPTION_RETRY,
	OPTION_SHELL,
	OPTION_TERMINAL,
	OPTION_TEXT,
	OPTION_TIMEOUT,
	OPTION_VERBOSE,
	OPTION_WAIT_OUTPUT,
};

struct option_rule {
	const char *name;
	char letter;
	bool has_value;
	enum option option;
};

static const struct option_rule rules[] = {
	{"coherence", 0, true, OPTION_COHERENCE},
	{"coherence-timeout", 0, true, OPTION_COHERENCE_TIMEOUT},
	{"cpus", 0, true, OPTION_CPUS},
	{"exclude", 'x', true, OPTION_EXCLUDE},
	{"host", 'H', true, OPTION_HOST},
	{"mem", 0, true, OPTION_MEMORY},
	{"no-stdin", 'n', false, OPTION_NO_INPUT},
	{"no-terminal", 'T', false, OPTION_NO_TERMINAL},
	{"quiet", 'q', false, OPTION_QUIET},
	{"require-cluster", 0, false, OPTION_REQUIRE_CLUSTER},
	{"retry", 0, true, OPTION_RETRY},
	{"rsh", 'e', true, OPTION_SHELL},
	{"sh", 0, true, OPTION_TEXT},
	{"terminal", 't', false, OPTION_TERMINAL},
	{"timeout", 0, true, OPTION_TIMEOUT},
	{"verbose", 'v', false, OPTION_VERBOSE},
	{"wait-output", 0, false, OPTION_WAIT_OUTPUT},
};

/* What is collected while the words are read. */
struct parser {
	struct options *options;
	const char *shell;
	char *text;
};

static const struct option_rule *find_long(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i += 1)
		if (strlen(rules[i].name) == length && memcmp(rules[i].name, name, length) == 0)
			return &rules[i];
	return NULL;
}

static const struct option_rule *find_short(char letter)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i += 1)
		if (rules[i].letter == letter)
			return &rules[i];
	return NULL;
}

/* An empty name is an unset variable of a script, which is explained elsewhere. */
static bool add_nodes(struct node_lists *nodes, const char *list)
{
	size_t length = strlen(list);
	if (nodes->count == NODE_LISTS_MAX || length == 0 || list[0] == ',' ||
	    list[length - 1] == ',' || strstr(list, ",,") != NULL)
		return false;
	nodes->lists[nodes->count++] = list;
	return true;
}

static bool take_option(struct parser *parser, enum option option, char *value)
{
	struct options *options = parser->options;
	switch (option) {
	case OPTION_COHERENCE:
		return read_coherence(value, &options->coherence);
	case OPTION_COHERENCE_TIMEOUT:
		return read_duration(value, &options->coherence_ms);
	case OPTION_CPUS:
		return read_count(value, 1, &options->cpus);
	case OPTION_EXCLUDE:
		return add_nodes(&options->excluded, value);
	case OPTION_HOST:
		return add_nodes(&options->only, value);
	case OPTION_MEMORY:
		return read_size(value, &options->memory_bytes);
	case OPTION_NO_INPUT:
		options->has_no_input = true;
		return true;
	case OPTION_NO_TERMINAL:
	case OPTION_TERMINAL: {
		enum terminal_wish wish = option == OPTION_TERMINAL ? TERMINAL_ALWAYS
		                                                    : TERMINAL_NEVER;
		bool is_first = options->terminal == TERMINAL_AUTO || options->terminal == wish;
		options->terminal = wish;
		return is_first;
	}
	case OPTION_QUIET:
		options->is_quiet = true;
		return true;
	case OPTION_REQUIRE_CLUSTER:
		options->requires_cluster = true;
		return true;
	case OPTION_RETRY:
		return read_count(value, 0, &options->retries);
	case OPTION_SHELL:
		parser->shell = value;
		return true;
	case OPTION_TEXT:
		parser->text = value;
		return true;
	case OPTION_TIMEOUT:
		return read_duration(value, &options->timeout_ms);
	case OPTION_VERBOSE:
		options->verbosity += options->verbosity < 2 ? 1 : 0;
		return true;
	case OPTION_WAIT_OUTPUT:
		options->keeps_output = true;
		return true;
	case OPTION_NONE:
		break;
	}
	return false;
}

/* `--name`, `--name=value`, `--name value`. `*next` is moved past a value of its own. */
static bool take_long(struct parser *parser, char *text, char ***next)
{
	size_t length = strcspn(text, "=");
	const struct option_rule *rule = find_long(text, length);
	char *value = text[length] == '=' ? text + length + 1 : NULL;
	if (rule == NULL || (value != NULL && !rule->has_value))
		return false;
	if (rule->has_value && value == NULL && (value = **next) != NULL)
		*next += 1;
	return (value != NULL || !rule->has_value) && take_option(parser, rule->option, value);
}

/* `-n`, `-nv`, and with a value `-x v`, `-xv`, `-nxv`. */
static bool take_short(struct parser *parser, char *letters, char ***next)
{
	for (; *letters != '\0'; letters += 1) {
		const struct option_rule *rule = find_short(*letters);
		if (rule == NULL)
			return false;
		if (!rule->has_value) {
			if (!take_option(parser, rule->option, NULL))
				return false;
			continue;
		}
		char *value = letters[1] != '\0' ? letters + 1 : **next;
		if (value == NULL)
			return false;
		*next += letters[1] == '\0' ? 1 : 0;
		return take_option(parser, rule->option, value);
	}
	return true;
}

/* Splits at blanks. Quotes are left to the other client, as is rsh, which has a way of its own. */
static bool split_shell(const char *text, struct options *options)
{
	const char *base;
	if (strpbrk(text, "'\"") != NULL)
		return false;
	for (;;) {
		while (isspace((unsigned char)*text))
			text += 1;
		if (*text == '\0')
			break;
		size_t length = strcspn(text, " \t\n\v\f\r");
		if (options->shell_count == SHELL_WORDS_MAX)
			return false;
		options->shell[options->shell_count].text = text;
		options->shell[options->shell_count].length = length;
		options->shell_count += 1;
		text += length;
	}
	if (options->shell_count == 0)
		return false;
	base = options->shell[0].text + options->shell[0].length;
	while (base > options->shell[0].text && base[-1] != '/')
		base -= 1;
	size_t base_length = (size_t)(options->shell[0].text + options->shell[0].length - base);
	return !(base_length == 3 && memcmp(base, "rsh", 3) == 0);
}

/* `--sh TEXT WORD...` is /bin/sh -c TEXT sh WORD... */
static char **shell_command(char *text, char **words)
{
	static char shell[] = "/bin/sh", flag[] = "-c", name[] = "sh";
	size_t count = 0;
	while (words[count] != NULL)
		count += 1;
	char **command = malloc((count + 5) * sizeof(char *));
	if (command == NULL)
		return NULL;
	command[0] = shell;
	command[1] = flag;
	command[2] = text;
	command[3] = name;
	memcpy(command + 4, words, (count + 1) * sizeof(char *));
	return command;
}

/* As if they stood in front of the options. */
static bool read_variables(struct options *options)
{
	const char *coherence = getenv("DSH_COHERENCE");
	const char *timeout = getenv("DSH_COHERENCE_TIMEOUT");
	return (coherence == NULL || read_coherence(coherence, &options->coherence)) &&
	       (timeout == NULL || read_duration(timeout, &options->coherence_ms));
}

bool options_parse(char *words[], struct options *options)
{
	const char *default_shell = getenv("DSH_RSH");
	struct parser parser = {options, default_shell != NULL ? default_shell : "ssh", NULL};
	char **next = words + 1;
	*options = (struct options){.cpus = 1, .coherence_ms = coherence_ms};
	if (!read_variables(options))
		return false;
	while (*next != NULL && (*next)[0] == '-' && (*next)[1] != '\0') {
		char *word = *next++;
		if (strcmp(word, "--") == 0)
			break;
		if (!(word[1] == '-' ? take_long(&parser, word + 2, &next)
		                     : take_short(&parser, word + 1, &next)))
			return false;
	}
	options->command = parser.text == NULL ? next : shell_command(parser.text, next);
	return options->command != NULL && options->command[0] != NULL &&
	       split_shell(parser.shell, options);
}
