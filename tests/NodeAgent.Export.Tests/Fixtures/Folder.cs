// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A folder of a test's own, gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("node-agent-export-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
