module github.com/ovfkit/ovf/bench

go 1.26.2

require github.com/ovfkit/ovf v0.0.0

require (
	github.com/diskfs/go-diskfs v1.9.4 // indirect
	github.com/djherbis/times v1.6.0 // indirect
	github.com/jacoelho/xsd v0.3.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/lima-vm/go-qcow2reader v0.7.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	software.sslmate.com/src/go-pkcs12 v0.7.4 // indirect
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/vmware/govmomi v0.56.0
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/ovfkit/ovf => ../
