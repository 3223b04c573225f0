//go:build libxml2

#include "engine.h"

#include <string.h>

void ovf_init(void) {
	xmlInitParser();
	xmlSchemaInitTypes();
}

ovf_list *ovf_list_new(int bound) {
	ovf_list *list = calloc(1, sizeof *list);
	if (list != NULL) {
		list->bound = bound;
	}
	return list;
}

void ovf_list_free(ovf_list *list) {
	int i;
	for (i = 0; i < list->count; i++) {
		free(list->items[i].file);
		free(list->items[i].message);
	}
	free(list->items);
	free(list);
}

static char *copy(const char *s) {
	return s == NULL ? NULL : strdup(s);
}

/* collect is the error handler of libxml2. */
static void collect(void *data, ovf_error_ptr e) {
	ovf_list *list = data;
	ovf_finding *f;
	xmlNodePtr node = e->node;

	if (e->level == XML_ERR_WARNING || list->count >= list->bound) {
		return;
	}
	if (list->count == list->size) {
		int size = list->size == 0 ? 16 : 2 * list->size;
		ovf_finding *items = realloc(list->items, size * sizeof *items);
		if (items == NULL) {
			return;
		}
		list->items = items;
		list->size = size;
	}
	f = &list->items[list->count++];
	memset(f, 0, sizeof *f);
	f->code = e->code;
	f->line = e->line;
	f->file = copy(e->file);
	f->message = copy(e->message);
	while (node != NULL && node->type != XML_ELEMENT_NODE) {
		node = node->parent;
	}
	f->node = node;
}

xmlSchemaPtr ovf_compile(const char *path, ovf_list *errors) {
	xmlSchemaPtr schema;
	xmlSchemaParserCtxtPtr ctxt = xmlSchemaNewParserCtxt(path);
	if (ctxt == NULL) {
		return NULL;
	}
	xmlSchemaSetParserStructuredErrors(ctxt, collect, errors);
	schema = xmlSchemaParse(ctxt);
	xmlSchemaFreeParserCtxt(ctxt);
	return schema;
}

/* number gives every element its number in the order of the document. */
static void number(xmlNodePtr root) {
	uintptr_t n = 0;
	xmlNodePtr node = root;
	while (node != NULL) {
		if (node->type == XML_ELEMENT_NODE) {
			node->_private = (void *)n++;
			if (node->children != NULL) {
				node = node->children;
				continue;
			}
		}
		while (node != root && node->next == NULL) {
			node = node->parent;
		}
		if (node == root) {
			return;
		}
		node = node->next;
	}
}

int ovf_validate(xmlSchemaPtr schema, uintptr_t doc, ovf_list *errors) {
	int i, status;
	xmlDocPtr document = (xmlDocPtr)doc;
	xmlSchemaValidCtxtPtr ctxt = xmlSchemaNewValidCtxt(schema);
	if (ctxt == NULL) {
		return -1;
	}
	xmlSchemaSetValidStructuredErrors(ctxt, collect, errors);
	status = xmlSchemaValidateDoc(ctxt, document);
	xmlSchemaFreeValidCtxt(ctxt);
	if (errors->count > 0) {
		number(xmlDocGetRootElement(document));
		for (i = 0; i < errors->count; i++) {
			if (errors->items[i].node != NULL) {
				errors->items[i].element = (long)(uintptr_t)errors->items[i].node->_private;
			}
		}
	}
	return status;
}
