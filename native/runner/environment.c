#include "environment.h"

#include "host-variables.h"
#include "memory.h"

static bool is_set(const struct command *command, const char *variable)
{
	for (size_t i = 0; i < command->variable_count; i += 1)
		if (has_same_name(command->variables[i], variable))
			return true;
	return false;
}

void complete_environment(struct command *command, char *const own_variables[])
{
	for (size_t i = 0; own_variables[i] != NULL; i += 1) {
		if (!is_host_variable(own_variables[i]) || is_set(command, own_variables[i]))
			continue;
		size_t count = command->variable_count += 1;
		command->variables = reallocate(command->variables, count + 1, sizeof(char *));
		command->variables[count - 1] = own_variables[i];
		command->variables[count] = NULL;
	}
}
