#pragma once
/// The functions of libpq that are used here. Its own header lies in a folder that differs from
/// system to system, and these have not changed since pipelines came (PostgreSQL 14).

#include <stddef.h>

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef struct _PQconninfoOption PQconninfoOption;

static const int CPOSTGRES_CONNECTION_OK = 0;

static const int CPOSTGRES_COMMAND_OK = 1;
static const int CPOSTGRES_TUPLES_OK = 2;
static const int CPOSTGRES_PIPELINE_SYNC = 10;
static const int CPOSTGRES_PIPELINE_ABORTED = 11;

static const int CPOSTGRES_TRANSACTION_IDLE = 0;

/// PG_DIAG_SQLSTATE.
static const int CPOSTGRES_FIELD_SQLSTATE = 'C';
/// PG_DIAG_MESSAGE_PRIMARY.
static const int CPOSTGRES_FIELD_MESSAGE = 'M';

PQconninfoOption *PQconninfoParse(const char *text, char **error);
void PQconninfoFree(PQconninfoOption *options);
PGconn *PQconnectdbParams(const char *const *keywords, const char *const *values, int expand_name);
void PQfinish(PGconn *connection);
int PQstatus(const PGconn *connection);
int PQtransactionStatus(const PGconn *connection);
char *PQerrorMessage(const PGconn *connection);
int PQsocket(const PGconn *connection);
int PQsslInUse(PGconn *connection);
int PQsetnonblocking(PGconn *connection, int is_on);
int PQenterPipelineMode(PGconn *connection);
int PQpipelineSync(PGconn *connection);
int PQflush(PGconn *connection);
int PQconsumeInput(PGconn *connection);
int PQisBusy(PGconn *connection);

int PQsendPrepare(
    PGconn *connection, const char *name, const char *query, int count,
    const unsigned int *types);
int PQsendQueryPrepared(
    PGconn *connection, const char *name, int count, const char *const *values,
    const int *lengths, const int *formats, int result_format);

PGresult *PQgetResult(PGconn *connection);
void PQclear(PGresult *result);
int PQresultStatus(const PGresult *result);
char *PQresultErrorField(const PGresult *result, int field);
int PQntuples(const PGresult *result);
int PQnfields(const PGresult *result);
char *PQgetvalue(const PGresult *result, int row, int column);
int PQgetlength(const PGresult *result, int row, int column);
int PQgetisnull(const PGresult *result, int row, int column);
