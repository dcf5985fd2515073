// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Files;

/// <summary>Files that only their owner reads, and that a crash leaves whole: the old one or the new one.</summary>
public static class WholeFile
{
    private const string Aside = ".tmp";

    /// <summary>Writes aside, flushes to the disk and renames; makes the folder when it is missing.</summary>
    /// <remarks>Errors: those of <see cref="IsEnvironment"/>; then the old file is there as it was, and no half of a new one.</remarks>
    public static void Replace(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            using (FileStream stream = Open(path + Aside, FileMode.Create))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + Aside, path, overwrite: true);
        }
        catch (Exception e) when (IsEnvironment(e))
        {
            DeleteRest(path);
            throw;
        }
    }

    /// <summary>For writing; others may read meanwhile.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>What a crash in the middle of <see cref="Replace"/> left beside a file.</summary>
    public static bool IsRest(string path) => path.EndsWith(Aside, StringComparison.Ordinal);

    /// <summary>Deletes that. Half a file would hold the space that the next try needs; one that cannot be deleted is met again at the next start.</summary>
    public static void DeleteRest(string path)
    {
        try
        {
            File.Delete(path + Aside);
        }
        catch (Exception e) when (IsEnvironment(e))
        {
            // Whoever wrote tells of the disk.
        }
    }

    /// <summary>The disk or its rights, and no fault of ours.</summary>
    public static bool IsEnvironment(Exception e) => e is IOException or UnauthorizedAccessException;
}
