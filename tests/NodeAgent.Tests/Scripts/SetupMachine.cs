// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Scripts;

/// <summary>
/// A made-up machine for <c>scripts/setup.sh</c>: a root folder with the files that it reads and a PATH with nothing but
/// fakes of the programs that it asks. It starts as a good Debian 12 with everything installed.
/// </summary>
internal sealed class SetupMachine : IDisposable
{
    private const string PolicyFile = "root/usr/sbin/policy-rc.d";
    private readonly ScratchFolder _folder = new();

    public SetupMachine()
    {
        Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)");
        _folder.Write("root/sys/kernel/btf/vmlinux", "btf");
        Fake("id", "echo 0");
        Fake("uname", "echo 6.1.0-18-amd64");
        Fake("dotnet", "echo '10.0.100 [/usr/share/dotnet/sdk]'");
        Fake("kubectl", "exit 0");
        Fake("sleep", "exit 0");
        Fake("chmod", "exec /bin/chmod \"$@\"");
        Fake("rm", "exec /bin/rm \"$@\"");
        _folder.Write("root/usr/sbin/empty", "");
        // Says "installed" for each package that is asked for, except those in the file "absent".
        Write("absent", "");
        Fake("dpkg-query", $$"""
            for name in "${@:4}"; do
                absent=$(<'{{_folder["absent"]}}')
                [[ " $absent " == *" $name "* ]] || echo "$name installed"
            done
            """);
        // Notes its calls; an installation makes everything present.
        Fake("apt-get", $$"""
            echo "$*" >>'{{_folder["apt-calls"]}}'
            [[ -e '{{_folder[PolicyFile]}}' ]] && echo "$(<'{{_folder[PolicyFile]}}')" >'{{_folder["policy"]}}'
            [[ "$*" == *" install "* ]] && : >'{{_folder["absent"]}}'
            exit 0
            """);
    }

    /// <summary>The arguments of each call of apt-get.</summary>
    public string[] AptCalls => File.Exists(_folder["apt-calls"]) ? File.ReadAllLines(_folder["apt-calls"]) : [];

    /// <summary>Debian's say on whether services start; null = none.</summary>
    public string? Policy
    {
        get => File.Exists(_folder[PolicyFile]) ? File.ReadAllText(_folder[PolicyFile]) : null;
        set => _folder.Write(PolicyFile, value ?? string.Empty);
    }

    /// <summary>The same while apt-get ran.</summary>
    public string? PolicyDuringApt => File.Exists(_folder["policy"]) ? File.ReadAllText(_folder["policy"]).TrimEnd('\n') : null;

    public string AptCallsFile => _folder["apt-calls"];

    public void Absent(params string[] packages) => Write("absent", string.Join(' ', packages));

    public void Distribution(string id, string version, string name) =>
        _folder.Write("root/etc/os-release", $"ID={id}\nVERSION_ID=\"{version}\"\nPRETTY_NAME=\"{name}\"\n");

    public void Fake(string program, string body) => _folder.WriteProgram("bin/" + program, body);

    public void Remove(string program) => File.Delete(_folder["bin/" + program]);

    public void RemoveBtf() => File.Delete(_folder["root/sys/kernel/btf/vmlinux"]);

    /// <summary>Keeps a note between two calls of a fake.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    public Task<ShellResult> RunAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = _folder["bin"],
            ["SETUP_SYSROOT"] = _folder["root"],
        };
        return ShellProcess.RunAsync(
            "/bin/bash", [RepositoryRoot.File("scripts/setup.sh"), .. arguments], environment, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
