package i18n_test

import (
	"fmt"

	"github.com/ovfkit/ovf/i18n"
)

// A document in English has a few texts in German and one more in Danish; the
// reader is from Vienna and understands Danish, too.
func Example() {
	bundles := []i18n.Bundle{
		{Locale: "de", Messages: []i18n.Message{{ID: "name.web", Text: "Webserver"}}},
		{Locale: "da-DK", Messages: []i18n.Message{{ID: "name.web", Text: "Webserveren"}, {ID: "name.db", Text: "Databasen"}}},
	}
	chain, found := i18n.Choose("en-US", bundles, []string{"de-AT", "da"})
	if err := found.Err(); err != nil {
		fmt.Println(err)
		return
	}
	catalog, _ := i18n.NewCatalog("en-US", bundles, chain)
	fmt.Println(catalog.Text("name.web", "Web server"))
	fmt.Println(catalog.Text("name.db", "Database"))
	fmt.Println(catalog.Text("name.mail", "Mail server"))
	// Output:
	// Webserver de
	// Databasen da-DK
	// Mail server en-US
}

func ExampleReport() {
	texts := []i18n.Message{{ID: "name.web", Text: "Web server"}, {ID: "name.db", Text: "Database"}}
	bundles := []i18n.Bundle{{Locale: "de", Messages: []i18n.Message{{ID: "name.db", Text: "Datenbank"}}}}
	for _, s := range i18n.Report("en-US", texts, bundles) {
		fmt.Printf("%s: %d of %d translated\n", s.Locale, s.Translated, s.Total)
		for _, m := range s.Missing {
			fmt.Println("missing:", m.ID)
		}
	}
	// Output:
	// de: 1 of 2 translated
	// missing: name.web
}
