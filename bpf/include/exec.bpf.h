/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* struct na_exec, which the exec probe and the iterator over running processes fill alike. */
#ifndef NA_EXEC_BPF_H
#define NA_EXEC_BPF_H

/* Where the search for wanted environment variables stands. It lies in a map, and is read and
 * written as volatile: the verifier forgets what it knew of it, and so walks each step once and not
 * once for each way to it. */
struct na_environment_search {
	__u64 next; /* in the process's memory */
	__u64 stop;
	__u32 end;	 /* of what was found, in the tail */
	__u32 continued; /* next is in the middle of a variable */
	__u32 cut;	 /* a wanted variable was longer than a piece */
	__u32 padding;
};

#define NA_ENVIRONMENT_MAX                                                                         \
	2048 /* bytes of environment that have room behind the longest of the rest */
#define NA_EXEC_TAIL_MAX (NA_ARGV_MAX + 3 * NA_PATH_MAX + NA_ENVIRONMENT_MAX)

struct na_exec_scratch {
	struct na_exec exec;
	char tail[NA_EXEC_TAIL_MAX + 8]; /* 8: the word that counting reads past argv */
	struct na_environment_search search;
	struct na_path_buffer path;
	char slack[NA_PATH_MAX]; /* the verifier bounds start and length of a path apart */
};

static __always_inline __u64 na_device__number(__u64 major, __u64 minor)
{
	return major << NA_DEVICE_MINOR_BITS | minor;
}

/* The innermost one, in which the task itself lives; nsproxy has the one of future children. The
 * pointer is read as a number, since before 6.2 nothing variable may be added to a typed one. */
static __always_inline __u32 na_task__pid_ns(struct task_struct *task)
{
	struct pid_namespace *ns = NULL;
	struct pid *pid = NULL;
	__u32 level = 0;
	__u64 entry;

	bpf_core_read(&pid, sizeof(pid), &task->thread_pid);
	bpf_core_read(&level, sizeof(level), &pid->level);
	entry = bpf_core_field_offset(struct pid, numbers) +
		level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, ns);
	bpf_probe_read_kernel(&ns, sizeof(ns), (const void *)pid + entry);
	return NA_FIELD(NA_CAST(struct pid_namespace, ns), ns.inum);
}

/* In the initial pid namespace, which is what numbers[0] is in. */
static __always_inline __u32 na_task__session(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	struct pid *leader = NULL;
	__u32 number = 0;

	bpf_core_read(&leader, sizeof(leader), &signal->pids[NA_PIDTYPE_SID]);
	bpf_core_read(&number, sizeof(number), &leader->numbers[0].nr);
	return number;
}

/* The character devices that are terminals: Documentation/admin-guide/devices.txt. The controlling
 * terminal catches those of drivers with dynamic numbers. */
static __always_inline bool na_device__is_tty(__u32 device, __u32 controlling)
{
	switch (device >> NA_DEVICE_MINOR_BITS) {
	case 2:		  /* BSD pseudo terminals */
	case 3:		  /* their other ends */
	case 4:		  /* virtual consoles, serial ports */
	case 5:		  /* /dev/tty, /dev/console */
	case 128 ... 143: /* pseudo terminals */
	case 166:	  /* USB modems */
	case 188:	  /* USB serial ports */
	case 204:	  /* serial ports of arm64 */
	case 229:	  /* consoles of hypervisors */
		return true;
	default:
		return device != 0 && device == controlling;
	}
}

static __always_inline void na_exec__fill_stdin(struct na_exec *exec, struct task_struct *task)
{
	struct fdtable *table = task->files->fdt;
	struct file **first = table->fd;
	struct file *file = NULL;
	struct inode *inode;

	exec->stdin_type = NA_STDIN_UNKNOWN;
	exec->stdin_inode = 0;
	if (!first || bpf_probe_read_kernel(&file, sizeof(file), first))
		return;
	exec->stdin_type = NA_STDIN_CLOSED;
	if (!file)
		return;
	inode = BPF_CORE_READ(file, f_inode);
	exec->stdin_inode = BPF_CORE_READ(inode, i_ino);
	switch (BPF_CORE_READ(inode, i_mode) & NA_S_IFMT) {
	case NA_S_IFREG:
		exec->stdin_type = NA_STDIN_FILE;
		break;
	case NA_S_IFIFO:
		exec->stdin_type = NA_STDIN_PIPE;
		break;
	case NA_S_IFSOCK:
		exec->stdin_type = NA_STDIN_SOCKET;
		break;
	case NA_S_IFCHR:
		if (na_device__is_tty(BPF_CORE_READ(inode, i_rdev), exec->tty)) {
			exec->stdin_type = NA_STDIN_TTY;
			break;
		}
		/* fall through */
	default:
		exec->stdin_type = NA_STDIN_OTHER;
	}
}

static __always_inline void na_exec__fill_task(struct na_exec *exec, struct task_struct *task)
{
	const struct cred *cred = task->real_cred;
	struct tty_struct *tty = task->signal->tty;
	struct nsproxy *namespaces = task->nsproxy;

	exec->parent_start_time_ns = task->real_parent->group_leader->start_boottime;
	exec->parent_pid = task->real_parent->tgid;
	exec->effective_uid = cred->euid.val;
	exec->capabilities = *(__u64 *)__builtin_preserve_access_index(&cred->cap_effective);
	exec->mount_ns = namespaces->mnt_ns->ns.inum;
	exec->net_ns = namespaces->net_ns->ns.inum;
	exec->pid_ns = na_task__pid_ns(task);
	exec->tty =
		tty ? na_device__number(tty->driver->major, tty->driver->minor_start + tty->index)
		    : 0;
	exec->session = na_task__session(task);
	na_exec__fill_stdin(exec, task);
}

/* Appends the path that stands in scratch->path at tail offset at; gives the new end. */
static __always_inline __u64 na_exec__append_path(struct na_exec_scratch *scratch, __u64 at,
						  struct na_string *string)
{
	const struct na_walk *walk = &scratch->path.walk;
	__u64 start = walk->start;
	__u64 length;

	string->offset = at;
	string->length = 0;
	if (walk->truncated)
		scratch->exec.exec_flags |= NA_EXEC_PATH_TRUNCATED;
	NA_HIDE(start);
	if (start >= NA_PATH_MAX)
		return at;
	/* At most argv and one path are there. A mask, because compilers spill what was compared.
	 */
	NA_HIDE(at);
	at &= 4 * NA_PATH_MAX - 1;
	length = NA_PATH_MAX - start;
	bpf_probe_read_kernel(&scratch->tail[at], length, &scratch->path.bytes[start]);
	string->length = length;
	return at + length;
}

static __always_inline __u64 na_exec__append_exe(struct na_exec_scratch *scratch, __u64 at,
						 struct task_struct *task, struct file *file)
{
	struct na_exec *exec = &scratch->exec;
	struct inode *inode = file->f_inode;
	struct super_block *sb = inode->i_sb;

	exec->exe_inode = inode->i_ino;
	exec->exe_device = sb->s_dev;
	exec->exe_mode = inode->i_mode;
	exec->exe_link_count = inode->i_nlink;
	if (exec->exe_link_count == 0)
		exec->exec_flags |= NA_EXEC_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		exec->exec_flags |= NA_EXEC_UPPER_LAYER;
	na_path__walk(&scratch->path, file->f_path.mnt, file->f_path.dentry, task->fs);
	if (na_path__is_memfd(&scratch->path))
		exec->exec_flags |= NA_EXEC_MEMFD;
	return na_exec__append_path(scratch, at, &exec->exe);
}

/* argv stands at the start of the tail. A last argument without NUL, where it was cut, counts. */
static __always_inline __u32 na_exec__count_arguments(struct na_exec_scratch *scratch, __u64 length)
{
	const __u64 low = 0x7f7f7f7f7f7f7f7f;
	__u64 *words = (__u64 *)scratch->tail;
	__u32 count = 0;
	int i;

	if (length == 0 || length > NA_ARGV_MAX)
		return 0;
	NA_HIDE(length);
	length &= 2 * NA_ARGV_MAX - 1;
	if (length > NA_ARGV_MAX)
		return 0;
	*(__u64 *)&scratch->tail[length] = ~0ULL;
	for (i = 0; i < NA_ARGV_MAX / 8 && i * 8 < (int)length; i++) {
		/* Bit 7 of each byte that is zero, summed by a multiplication. */
		__u64 zeros = ~(((words[i] & low) + low) | words[i] | low);

		count += (zeros >> 7) * 0x0101010101010101 >> 56;
	}
	/* Asked behind the loop, which is walked once for each answer before it. */
	if (length > 0 && scratch->tail[length - 1] != 0)
		count++;
	return count;
}

/* Whatever the source, argv can be read in whole or not at all: then what lies on its first page is
 * tried. */
#define NA_EXEC_READ_ARGV(scratch, mm, read, ...)                                                  \
	({                                                                                         \
		__u64 from_ = (mm)->arg_start;                                                     \
		__u64 length_ = (mm)->arg_end - from_;                                             \
		if (length_ > NA_ARGV_MAX) {                                                       \
			(scratch)->exec.exec_flags |= NA_EXEC_ARGV_TRUNCATED;                      \
			length_ = NA_ARGV_MAX;                                                     \
		}                                                                                  \
		if (length_ && read((scratch)->tail, length_, (void *)from_, ##__VA_ARGS__)) {     \
			(scratch)->exec.exec_flags |= NA_EXEC_ARGV_TRUNCATED;                      \
			length_ = NA_ARGV_MAX - (from_ & (NA_ARGV_MAX - 1));                       \
			if (read((scratch)->tail, length_, (void *)from_, ##__VA_ARGS__))          \
				length_ = 0;                                                       \
		}                                                                                  \
		length_;                                                                           \
	})

/* argv_length bytes of argv are in the tail already, exec_flags and header are set. Gives the
 * tail's end. */
static __always_inline __u64 na_exec__fill(struct na_exec_scratch *scratch,
					   struct task_struct *task, __u64 argv_length)
{
	struct na_exec *exec = &scratch->exec;
	struct mm_struct *mm = task->mm;
	struct file *file = mm ? mm->exe_file : NULL;
	__u64 at;

	exec->script = (struct na_string){};
	exec->environment = (struct na_string){};
	exec->argv.offset = 0;
	exec->argv.length = argv_length;
	/* Read again, so that the verifier forgets what each way here, and out of the loop, told
	 * it. */
	at = *(volatile __u16 *)&exec->argv.length;
	exec->argc = na_exec__count_arguments(scratch, at);
	at = *(volatile __u16 *)&exec->argv.length;
	exec->exe.offset = at;
	exec->exe.length = 0;
	exec->exe_inode = 0;
	exec->exe_device = 0;
	exec->exe_mode = 0;
	exec->exe_link_count = 0;
	na_exec__fill_task(exec, task);
	if (file)
		at = na_exec__append_exe(scratch, at, task, file);
	na_path__walk(&scratch->path, task->fs->pwd.mnt, task->fs->pwd.dentry, task->fs);
	at = na_exec__append_path(scratch, at, &exec->cwd);
	NA_HIDE(at);
	if (at > NA_EXEC_TAIL_MAX)
		at = 0;
	exec->header.tail_size = at;
	return at;
}

#endif /* NA_EXEC_BPF_H */
