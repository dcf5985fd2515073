// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Harness;

/// <summary>A directory for the files of one scenario; goes with its owner.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("node-agent-bench-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>The path of the file that was written.</returns>
    public string Write(string name, string text)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
