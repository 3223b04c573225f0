package ovf_test

import (
	"context"
	"fmt"
	"log"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

func ExampleOpen() {
	ctx := context.Background()
	p, err := ovf.Open(ctx, "examples/petstore", ovf.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	for _, f := range p.Files() {
		if err := f.Err(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.ID, f.Href)
	}

	// It has no manifest, so it is not accepted unless the policy gives that up.
	_, err = p.Verify(ctx, sign.Policy{})
	fmt.Println("trusted:", err == nil)
	report, err := p.Verify(ctx, sign.Policy{Level: sign.NoManifest})
	fmt.Println("at the weakest level:", err == nil, report.GaveUp)
	// Output:
	// strings-de petstore-de.xml
	// icon petstore.png
	// base-file petstore-base.vmdk
	// web-file petstore-web.vmdk
	// db-file petstore-db.vmdk
	// trusted: false
	// at the weakest level: true [Level no-manifest Level unsigned]
}
