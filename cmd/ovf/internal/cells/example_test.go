package cells_test

import (
	"fmt"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

func Example() {
	s := cells.Clean("Pet\nstore \x1b[2J 宠物商店")
	fmt.Println(s, cells.Width(s))
	fmt.Println(cells.Cut(s, 18))
	// Output:
	// Pet store ␛[2J 宠物商店 23
	// Pet store ␛[2J 宠…
}
