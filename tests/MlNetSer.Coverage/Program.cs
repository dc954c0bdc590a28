using MlNetSer.Coverage;

const double LeastPercent = 90;

if (args.Except(TestProject.All).ToArray() is [var unknown, ..])
{
    Console.Error.WriteLine($"""
        '{unknown}' is no project that is measured.
        dotnet run -c Release --project tests/MlNetSer.Coverage -- [PROJECT ...]
          Runs the tests of {string.Join(", ", TestProject.All)}, or of those that are named, and prints which share of the lines they reach.
          Fails where a test fails, or where they reach less than {LeastPercent:0} % of the libraries' lines in all.
        """);
    return 2;
}

IReadOnlyList<string> projects = args is [] ? TestProject.All : args;
var hits = new LineHits();
var failed = new List<string>();
foreach (var project in projects)
{
    var (passed, results) = TestProject.Run(project);
    if (!passed) failed.Add(project);
    hits.Add(results);
}

var table = new CoverageTable(hits, projects);
table.Write(Console.Out);
table.WriteUnreached(TestProject.Artifact("unreached.txt"));
Console.WriteLine($"All of them: {Path.GetRelativePath(Environment.CurrentDirectory, TestProject.Artifact("unreached.txt"))}");
foreach (var project in failed) Console.Error.WriteLine($"Tests of {project} fail.");
if (table.LibrariesPercent < LeastPercent) Console.Error.WriteLine($"The tests reach {table.LibrariesPercent:0.0} % of the libraries' lines; expected at least {LeastPercent:0} %.");
return failed.Count == 0 && table.LibrariesPercent >= LeastPercent ? 0 : 1;
