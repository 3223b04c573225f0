// Package xsdset gathers the files of a schema: an entry document and all that
// it imports or includes, found in one file system and nowhere else.
//
// What a file names by a URL, or by a path that does not exist, is looked for
// under its last name in the folder of that file, and then by its namespace; so
// the files that standards bodies publish, with their addresses in them, work from
// a folder. The text of a file is changed only where one of its schemaLocation
// values must point elsewhere, and where a document type declaration is blanked,
// as the files of XML Signature have one.
package xsdset
