// Guest is what runs in the machines of the boot proof, started by their init script:
// it reads the environment document from the medium and prints what it finds, one fact
// a line, for the test on the other end of the serial line.
package main

import (
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/ovfkit/ovf/environment"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Printf("GUEST ERROR %q\n", err)
	}
	fmt.Println("GUEST READY")
}

// run prints the facts of a document, and the digests of files of the guest.
func run(document string, files []string) error {
	f, err := os.Open(document)
	if err != nil {
		return err
	}
	defer f.Close()
	env, _, err := environment.Read(f, environment.DecodeOptions{Name: document})
	if err != nil {
		return err
	}
	if env.ID != nil {
		fmt.Printf("GUEST ID %q\n", *env.ID)
	}
	for k, v := range env.Properties() {
		fmt.Printf("GUEST PROPERTY %q %q\n", k, v)
	}
	for i := range env.Entity {
		for k, v := range env.Entity[i].Properties() {
			fmt.Printf("GUEST SIBLING %q %q %q\n", env.Entity[i].ID, k, v)
		}
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Printf("GUEST FILE %q %x\n", name, sha256.Sum256(data))
	}
	return nil
}
