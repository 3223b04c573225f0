#ifndef OVF_ENGINE_H
#define OVF_ENGINE_H

#include <stdint.h>
#include <stdlib.h>
#include <libxml/xmlversion.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

/* libxml2 2.12 made the errors that handlers get constant. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *ovf_error_ptr;
#else
typedef xmlErrorPtr ovf_error_ptr;
#endif

/* One error of libxml2. The strings belong to the list. */
typedef struct {
	int code;         /* xmlParserErrors */
	int line;         /* of a schema file */
	long element;     /* number of the element in the document, from 0 */
	char *file;       /* of a schema file, or NULL */
	char *message;
	xmlNodePtr node;  /* of that element, while it is validated */
} ovf_finding;

/* The first errors, up to a bound. */
typedef struct {
	ovf_finding *items;
	int count;
	int bound;
	int size;
} ovf_list;

void ovf_init(void);
ovf_list *ovf_list_new(int bound);
void ovf_list_free(ovf_list *list);

/* ovf_compile returns NULL and the first error for a wrong schema. */
xmlSchemaPtr ovf_compile(const char *path, ovf_list *errors);

/* ovf_validate returns 0 for a valid document, a positive number and the errors
   for an invalid one, a negative number if libxml2 fails. */
int ovf_validate(xmlSchemaPtr schema, uintptr_t doc, ovf_list *errors);

#endif
