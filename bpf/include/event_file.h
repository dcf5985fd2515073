/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records about files. Included by event.h. */
#ifndef NA_EVENT_FILE_H
#define NA_EVENT_FILE_H

/* na_open.open_flags */
enum na_open_flag {
	NA_OPEN_UPPER_LAYER = 1,
	NA_OPEN_MEMFD = 2,
	NA_OPEN_DELETED = 4,
	NA_OPEN_PATH_TRUNCATED = 16,
	NA_OPEN_CALLER_PATH =
		32, /* path is the caller's string: the open failed, there is no kernel object */
	NA_OPEN_DISAGREES = 64, /* caller holds another path than path: a link, or a race */
	NA_OPEN_IO_URING = 128, /* opened through io_uring */
	NA_OPEN_CREATED = 256,	/* the file was not there before */
};

/* na_file_change.operation */
enum na_file_operation {
	NA_FILE_CREATE = 1, /* mknod too: mode tells the type */
	NA_FILE_RENAME = 2, /* path is the new name, other_path the old one */
	NA_FILE_UNLINK = 3,
	NA_FILE_LINK = 4,    /* path is the new name, other_path the old one */
	NA_FILE_SYMLINK = 5, /* path is the link, other_path what it says */
	NA_FILE_CHMOD = 6,
	NA_FILE_CHOWN = 7,
	NA_FILE_TRUNCATE = 8,
	NA_FILE_MKDIR = 9,
	NA_FILE_RMDIR = 10,
	NA_FILE_MOUNT = 11, /* path is the mount point, other_path the source, name the type */
	NA_FILE_UMOUNT = 12,
	NA_FILE_SET_XATTR =
		13, /* name is the attribute; file capabilities are security.capability */
	NA_FILE_REMOVE_XATTR = 14,
};

struct na_open {
	struct na_header header;
	__u64 inode;
	__u32 device;
	__u32 flags; /* O_* as the caller asked */
	__u32 error; /* errno, or 0 */
	__u32 mode;  /* i_mode of the opened inode, 0 when the open failed */
	__u32 open_flags;
	__u32 generation; /* i_generation: inode numbers are reused, with another generation */
	struct na_string path;
	struct na_string caller; /* the caller's string where it names something else than path */
};

/* The flags are those of na_open (record_flags) where they apply. */
struct na_file_change {
	struct na_header header;
	__u64 inode;	  /* of the file concerned; 0 when the call failed */
	__u64 size;	  /* truncate: the new size in bytes */
	__u64 call_flags; /* renameat2, mount, umount, unlinkat, setxattr: flags as the caller gave
			     them */
	__u32 device;
	__u32 generation;
	__u32 operation; /* enum na_file_operation */
	__u32 error;	 /* errno, or 0 */
	__u32 mode;	 /* i_mode after the call; chmod without an object: as asked for */
	__u32 uid;	 /* chown: the new owner, ~0 = unchanged */
	__u32 gid;
	__u32 open_flags;
	struct na_string path;
	struct na_string other_path;
	struct na_string name;
	__u32 padding;
};

NA_ASSERT_SIZE(na_open, 104);
NA_ASSERT_SIZE(na_file_change, 136);

#endif /* NA_EVENT_FILE_H */
