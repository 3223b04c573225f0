package images

import (
	"encoding/binary"
	"math/rand/v2"
)

// Capacity is the size of every disk, in bytes.
const Capacity = 64 << 20

// Appliance is an example package.
type Appliance struct {
	Folder     string // below examples
	Descriptor string
	disks      map[string][]piece
}

// piece is a part of a disk that is written over what is there.
type piece struct {
	at   int64
	size int
	seed byte // of the content, which does not compress: programs are like that
}

const partition = 1 << 20 // where the only partition begins

// Appliances returns the examples that have disks.
func Appliances() []Appliance {
	// The operating system, in runs far from each other.
	system := []piece{{partition, 6 << 10, 1}, {9 << 20, 70 << 10, 2}, {30 << 20, 40 << 10, 3}}
	with := func(more ...piece) []piece { return append(append([]piece{}, system...), more...) }
	return []Appliance{
		{"lamp-one", "lamp-one.ovf", map[string][]piece{
			"system": with(piece{40 << 20, 9 << 10, 10}),
		}},
		{"lamp-two-tier", "lamp.ovf", map[string][]piece{
			"base": system,
			"app":  with(piece{partition + 4096, 512, 20}, piece{41 << 20, 5 << 10, 21}),
			"db":   with(piece{partition + 4096, 512, 22}, piece{41 << 20, 7 << 10, 23}),
		}},
		{"petstore", "petstore.ovf", map[string][]piece{
			"base": system,
			"web":  with(piece{partition + 4096, 512, 30}, piece{44 << 20, 6 << 10, 31}),
			"db":   with(piece{partition + 4096, 512, 32}, piece{48 << 20, 3 << 10, 33}, piece{56 << 20, 4 << 10, 34}),
		}},
	}
}

// Content returns the whole content of a disk, that of its parents included; nil for
// an empty disk.
func (a Appliance) Content(disk string) []byte {
	pieces, ok := a.disks[disk]
	if !ok {
		return nil
	}
	b := make([]byte, Capacity)
	master(b[:512])
	for _, p := range pieces {
		rand.NewChaCha8([32]byte{p.seed}).Read(b[p.at : p.at+int64(p.size)])
	}
	return b
}

// master writes a boot record with one Linux partition, up to the end of the disk.
func master(sector []byte) {
	const sectors = 512
	entry := sector[446:]
	entry[0], entry[4] = 0x80, 0x83 // active; Linux
	binary.LittleEndian.PutUint32(entry[8:], partition/sectors)
	binary.LittleEndian.PutUint32(entry[12:], (Capacity-partition)/sectors)
	sector[510], sector[511] = 0x55, 0xaa
}
