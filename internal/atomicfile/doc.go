// Package atomicfile writes files and folders as a whole: whoever looks at the
// name sees what was there before, or all of the new content, never a part.
//
//	f, err := atomicfile.Create("petstore.ova")
//	if err != nil {
//		return err
//	}
//	defer f.Discard() // does nothing after Commit
//	if _, err := f.Write(data); err != nil {
//		return err
//	}
//	return f.Commit()
//
// The content is on the disk before it gets its name, and the name is on the disk
// when Commit returns, so that this holds for a loss of power too. What is
// discarded is gone. On Linux a file has no name at all until it is committed,
// where the file system can do that: a process that is killed while it writes leaves
// nothing. Elsewhere, for folders, and at the very end of replacing a file, a killed
// process leaves a hidden file or folder beside the name that was asked for, which
// the next one that writes to that name removes.
package atomicfile
