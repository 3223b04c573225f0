module github.com/ovfkit/ovf/interop

go 1.26.2

require (
	github.com/ovfkit/ovf v0.0.0
	github.com/vmware/govmomi v0.56.0
)

replace github.com/ovfkit/ovf => ../
