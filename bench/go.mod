module github.com/ovfkit/ovf/bench

go 1.26.2

require github.com/ovfkit/ovf v0.0.0

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/vmware/govmomi v0.56.0
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/ovfkit/ovf => ../
