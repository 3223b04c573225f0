// Package schematest is what the tests of package schemas and of its engines
// share: xmllint as the independent judge, the corpus, and a generator of broken
// documents. Nothing but tests imports it.
package schematest
