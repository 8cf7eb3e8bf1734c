#include "file-report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bytes.h"

void write_report(struct buffer *buffer, const struct file_report *report)
{
	uint8_t *at = buffer_reserve(buffer, REPORT_HEAD_BYTES + report->path_length);
	at[0] = (uint8_t)report->kind;
	write_u64(at + 1, report->bytes);
	write_u64(at + 9, report->mtime_ns);
	write_u64(at + 17, report->ctime_ns);
	write_u16(at + 25, (uint16_t)report->path_length);
	memcpy(at + REPORT_HEAD_BYTES, report->path, report->path_length);
	buffer_commit(buffer, REPORT_HEAD_BYTES + report->path_length);
}

size_t read_report(const uint8_t *bytes, size_t length, struct file_report *report)
{
	if (length < REPORT_HEAD_BYTES)
		return 0;
	*report = (struct file_report){
		.kind = (enum report_kind)bytes[0],
		.bytes = read_u64(bytes + 1),
		.mtime_ns = read_u64(bytes + 9),
		.ctime_ns = read_u64(bytes + 17),
		.path_length = read_u16(bytes + 25),
		.path = (const char *)bytes + REPORT_HEAD_BYTES,
	};
	bool is_sound = bytes[0] < REPORT_KINDS && report->path_length > 0 &&
	                report->path_length <= REPORT_PATH_BYTES_MAX &&
	                report->path_length <= length - REPORT_HEAD_BYTES &&
	                memchr(report->path, '\0', report->path_length) == NULL;
	return is_sound ? REPORT_HEAD_BYTES + report->path_length : 0;
}

void describe_report(const struct file_report *report, char text[DESCRIPTION_BYTES])
{
	char date[32] = "";
	struct tm parts;
	time_t seconds = (time_t)(report->mtime_ns / 1000000000);
	if (report->kind == REPORT_ABSENT)
		snprintf(text, DESCRIPTION_BYTES, "no such file");
	else if (report->kind != REPORT_FILE)
		snprintf(text, DESCRIPTION_BYTES, "a directory");
	else {
		if (localtime_r(&seconds, &parts) != NULL)
			strftime(date, sizeof date, "%F %T", &parts);
		snprintf(text, DESCRIPTION_BYTES, "%llu bytes of %s.%09llu",
		         (unsigned long long)report->bytes, date,
		         (unsigned long long)(report->mtime_ns % 1000000000));
	}
}
