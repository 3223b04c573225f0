package rasd_test

import (
	"errors"
	"fmt"

	"github.com/ovfkit/ovf/rasd"
)

// How much memory is "4" in the unit of an Item?
func ExampleParseUnit() {
	u, err := rasd.ParseUnit("byte * 2^30")
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := u.Bytes(4)
	fmt.Println(n, err)
	// Output: 4294967296 <nil>
}

// What was made of a unit that the standard does not have?
func ExampleUnit_Deviation() {
	for _, text := range []string{"byte * 2^20", "byte*1024*1024", "MegaBytes"} {
		u, err := rasd.ParseUnit(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%-16s %-11s %s\n", text, u.Deviation(), u)
	}
	// Output:
	// byte * 2^20      conforming  byte * 2^20
	// byte*1024*1024   spelling    byte * 2^20
	// MegaBytes        assumption  byte * 2^20
}

// A size that does not fit is an error, never a small number.
func ExampleUnit_Capacity() {
	u, _ := rasd.ParseUnit("byte * 2^30")
	_, err := u.Capacity(1 << 34)
	fmt.Println(errors.Is(err, rasd.ErrOverflow))
	fmt.Println(err)
	// Output:
	// true
	// 17179869184 times "byte * 2^30" is more than the largest possible 9223372036854775807 bytes
}
