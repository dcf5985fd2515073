// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;

namespace NodeAgent.Hosting;

/// <summary>The data directory, made with mode 0700 and held by one agent at a time.</summary>
/// <remarks>The lock is the open file's (flock through FileShare.None), so it goes when the process does, however it ends.</remarks>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream? _lock;

    private DataDirectory(string path, FileStream? lockFile, string? problem)
    {
        Path = path;
        _lock = lockFile;
        Problem = problem;
    }

    public string Path { get; }

    /// <summary>Why nothing can be written, or null. The agent watches and alerts all the same.</summary>
    public string? Problem { get; }

    /// <summary>Opens the directory.</summary>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when another agent holds it. A read-only directory or a full disk is no error but <see cref="Problem"/>.</remarks>
    public static DataDirectory Open(string path)
    {
        string lockPath = System.IO.Path.Combine(path, "lock");
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var file = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WriteOwner(file);
            return new DataDirectory(path, file, null);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new ConfigurationException($"setting 'dataDirectory': {path} is in use by another node-agent (its lock file is held)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists(path)
                ? new DataDirectory(path, null, e.Message)
                : throw new ConfigurationException($"setting 'dataDirectory': {path} cannot be made: {e.Message}");
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static void WriteOwner(FileStream file)
    {
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        file.Flush();
    }

    // .NET reports a held flock as a sharing violation, with EWOULDBLOCK in the HResult.
    private static bool IsHeldByAnother(IOException e) => (e.HResult & 0xffff) is 11 or 0x20;
}
