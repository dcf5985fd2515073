// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Configuration;
using NodeAgent.Hosting;

namespace NodeAgent.Tests.Hosting;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Open_NewDirectory_IsMadeForItsOwnerOnlyAndNamesTheProcess()
    {
        string path = _scratch["a/b"];

        using DataDirectory directory = DataDirectory.Open(path);

        Assert.Null(directory.Problem);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        ShellResult owner = await ShellProcess.RunAsync("cat", Path.Combine(path, "lock"));
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", owner.Output);
    }

    [Fact]
    public void Open_HeldByAnother_RefusesAndNamesTheDirectory()
    {
        using DataDirectory first = DataDirectory.Open(_scratch.Path);

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => DataDirectory.Open(_scratch.Path));

        Assert.Contains(_scratch.Path, e.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another node-agent", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Open_AfterTheOtherLeft_Succeeds()
    {
        DataDirectory.Open(_scratch.Path).Dispose();

        using DataDirectory second = DataDirectory.Open(_scratch.Path);

        Assert.Null(second.Problem);
    }

    [Fact]
    public void Open_OwnerLongerThanMine_LeavesNothingOfIt()
    {
        File.WriteAllText(_scratch["lock"], "99999999999999999999\nmore\n");

        DataDirectory.Open(_scratch.Path).Dispose();

        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(_scratch["lock"]));
    }

    [Fact]
    public void Open_ParentIsAFile_RefusesAndNamesTheSetting()
    {
        string file = _scratch.Write("file", string.Empty);

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => DataDirectory.Open(Path.Combine(file, "data")));

        Assert.Contains("'dataDirectory'", e.Message, StringComparison.Ordinal);
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ReadOnlyFileSystem_GivesTheProblem()
    {
        using Tmpfs tmpfs = await Tmpfs.MountAsync("64k");
        await tmpfs.MakeReadOnlyAsync();

        using DataDirectory directory = DataDirectory.Open(tmpfs.Path);

        Assert.Contains("Read-only file system", directory.Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Open_FullFileSystem_GivesTheProblem()
    {
        using Tmpfs tmpfs = await Tmpfs.MountAsync("64k");
        tmpfs.Fill();

        using DataDirectory directory = DataDirectory.Open(tmpfs.Path);

        Assert.Contains("No space left", directory.Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Open_ReadOnlyParent_RefusesAndNamesTheSetting()
    {
        using Tmpfs tmpfs = await Tmpfs.MountAsync("64k");
        await tmpfs.MakeReadOnlyAsync();

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => DataDirectory.Open(Path.Combine(tmpfs.Path, "data")));

        Assert.Contains("'dataDirectory'", e.Message, StringComparison.Ordinal);
    }
}
